import { describe, expect, test } from "vitest";
import { decodeMessage, levelOf, parseEntry } from "./entry";

const MINIMAL = { timestamp: "2024-01-01T12:00:00.000Z", level: "INFO", target: "app", message: "hello" };

describe("parseEntry", () => {
  test("gives exactly what was sent, unknown keys included", () => {
    const sent = {
      ...MINIMAL,
      fields: { user_id: "12345", nested: { list: [1, null] } },
      span: { id: "span_123", trace_id: "trace_456", parent_id: "span_789" },
      extra: true,
    };
    expect(parseEntry(JSON.stringify(sent))).toEqual(sent);
    expect(parseEntry(JSON.stringify({ ...MINIMAL, fields: null, span: null }))).toBeDefined();
  });

  test.each([
    "",
    "{",
    "null",
    "7",
    "[]",
    '"text"',
    "{}",
    JSON.stringify({ ...MINIMAL, message: undefined }),
    JSON.stringify({ ...MINIMAL, message: 7 }),
    JSON.stringify({ ...MINIMAL, timestamp: 1704110400 }),
    JSON.stringify({ ...MINIMAL, fields: [] }),
    JSON.stringify({ ...MINIMAL, span: "span_123" }),
    "[".repeat(200_000),
  ])("takes %.40j for malformed", (text) => {
    expect(parseEntry(text)).toBeUndefined();
    expect(decodeMessage(text)).toEqual({ entries: [], malformed: 1 });
  });

  test("is not misled by __proto__", () => {
    const entry = parseEntry(`{"__proto__":{"polluted":1},${JSON.stringify(MINIMAL).slice(1)}`);
    expect(entry?.message).toBe("hello");
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

test("a binary message is counted as malformed", () => {
  expect(decodeMessage(new ArrayBuffer(8))).toEqual({ entries: [], malformed: 1 });
});

test.each([
  ["ERROR", "ERROR"],
  ["fatal", "ERROR"],
  ["WARNING", "WARN"],
  ["info", "INFO"],
  ["TRACE", "DEBUG"],
  ["verbose", "INFO"],
])("level %s means %s", (level, expected) => {
  expect(levelOf({ ...MINIMAL, level })).toBe(expected);
});
