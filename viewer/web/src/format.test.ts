import { expect, test } from "vitest";
import { firstLine, formatCount, formatTime, formatValue, shortenId, toPrettyJson } from "./format";

test("a time of day has milliseconds", () => {
  expect(formatTime("2024-01-01T12:00:00.007Z")).toMatch(/^\d\d:\d\d:00\.007$/);
  expect(formatTime("yesterday, at noon")).toBe("yesterday, a");
});

test.each([
  ["plain", "plain"],
  ["two words", '"two words"'],
  ["a=b", '"a=b"'],
  ["", '""'],
  ["line\nbreak", '"line\\nbreak"'],
  [42, "42"],
  [null, "null"],
  [{ size: 20 }, '{"size":20}'],
  ["x".repeat(300), `${"x".repeat(200)}…`],
])("the value %j is shown as %s", (value, expected) => {
  expect(formatValue(value)).toBe(expected);
});

test("what is nested too deeply is said to be", () => {
  const deep = JSON.parse(`${"[".repeat(50_000)}${"]".repeat(50_000)}`);
  expect(toPrettyJson(deep)).toMatch(/too deeply|^\[/);
});

test("counts are grouped and first lines found", () => {
  expect(formatCount(1234567)).toBe("1\u2009234\u2009567");
  expect(firstLine("one\ntwo")).toEqual({ line: "one", hasMore: true });
  expect(firstLine("one")).toEqual({ line: "one", hasMore: false });
});

test("a long id is shown by its beginning", () => {
  expect(shortenId("span_123")).toBe("span_123");
  expect(shortenId("aa8e9b64e19491c7")).toBe("aa8e9b64…");
});
