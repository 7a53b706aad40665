import { expect, test } from "vitest";
import { isJsonObject, parseJson, writeJson } from "./json";
import { MAX_ROW_TEXT } from "./protocol";
import { fieldOf, readRow } from "./reading";

const entry = (rest: string) =>
  `{"timestamp":"2026-01-01T00:00:00Z","level":"INFO","target":"a::b","message":"m"${rest === "" ? "" : `,${rest}`}}`;

test("a row has the texts of its entry", () => {
  const row = readRow(
    entry(
      '"fields":{"user":"ann","note":"two words","code.line":7,"n":{"a":[1.10]}},"span":{"trace_id":"t1"}',
    ),
    ["user", "n.a", "message", "absent"],
  );
  expect(row).toEqual({
    timestamp: "2026-01-01T00:00:00Z",
    levelName: "INFO",
    target: "a::b",
    message: "m",
    fields: 'user=ann note="two words" n={"a":[1.10]}',
    columns: ["ann", "[1.10]", "m", undefined],
    traceId: "t1",
  });
});

test.each(["9007199254740993", "1180591620717411303424", "1.10", "1e400", "-0"])(
  "%s keeps its digits",
  (digits) => {
    const row = readRow(entry(`"fields":{"n":${digits}}`), ["n"]);
    expect(row?.fields).toBe(`n=${digits}`);
    expect(row?.columns).toEqual([digits]);
  },
);

test("the level's own name is shown, and not as a field", () => {
  expect(readRow(entry('"fields":{"level_name":"TRACE","a":1}'), [])).toMatchObject({
    levelName: "TRACE",
    fields: "a=1",
  });
  expect(readRow(entry('"fields":{"level_name":5}'), [])?.levelName).toBe("INFO");
});

test.each([
  "",
  "null",
  "[]",
  "text",
  '{"level":"INFO"}',
  '{"timestamp":"","level":1,"target":"","message":""}',
])("%s is no entry", (line) => expect(readRow(line, ["a"])).toBeUndefined());

test("fields and span are objects, or nothing", () => {
  expect(readRow(entry('"fields":null,"span":null'), [])).toMatchObject({ fields: "", traceId: undefined });
  expect(readRow(entry('"fields":5'), [])).toBeUndefined();
  expect(readRow(entry('"span":[]'), [])).toBeUndefined();
  expect(readRow(entry('"span":{"trace_id":5}'), [])?.traceId).toBe("5");
});

test("long texts are cut, and no pair of surrogates is halved", () => {
  const row = readRow(entry(`"fields":{"a":"${"x".repeat(9_999)}","b":"${"y".repeat(2_047)}😀"}`), [
    "a",
    "b",
  ]);
  expect(row?.fields).toHaveLength(MAX_ROW_TEXT);
  expect(row?.columns[0]).toHaveLength(MAX_ROW_TEXT);
  expect(row?.columns[1]).toBe("y".repeat(2_047));
});

test.each([
  ["http.status", "200"],
  ["http.method", '"GET"'],
  ["a.b.c", "1"],
  ["message", '"own"'],
  ["fields.message", '"field"'],
  ["span.id", '"s"'],
  ["items.1.id", "8"],
  ["items.2", undefined],
  ["extra", "true"],
  ["nothing", "null"],
  ["__proto__", undefined],
  ["", undefined],
  [".", undefined],
])("%s is %s", (path, expected) => {
  const all = parseJson(
    '{"message":"own","extra":true,"nothing":1,"fields":{"http.status":200,"http":{"method":"GET"},"a.b":{"c":1},' +
      '"message":"field","nothing":null,"items":[{"id":7},{"id":8}]},"span":{"id":"s"}}',
  );
  const value = isJsonObject(all) ? fieldOf(all, path) : undefined;
  expect(value === undefined ? undefined : writeJson(value)).toBe(expected);
});
