import { expect, test } from "vitest";
import { type Json, parseJson, Raw, writeJson } from "./json";

test.each([
  "{}",
  "[]",
  '""',
  "0",
  "-1.10",
  "9007199254740993",
  "1e400",
  "1180591620717411303424",
  "-0",
  "1E+2",
  "true",
  "null",
  '{"b":1,"a":[1.0,{"c":null}],"__proto__":2}',
  '"\\n\\u0041"',
  '{"\\"":"\\\\"}',
])("%s is written as it was read", (json) => {
  const value = parseJson(json);
  expect(value).toBeDefined();
  expect(value !== undefined && writeJson(value)).toBe(json.replace("\\u0041", "A"));
});

test.each([
  "",
  "{",
  "[1,]",
  '{"a":1,}',
  '{"a"}',
  "{a:1}",
  "01",
  "1.",
  ".5",
  "+1",
  "tru",
  "nul",
  '"a',
  '"\\x"',
  '"\u0001"',
  "1 2",
  "NaN",
  "'a'",
  "[1 2]",
  '{"a":1 "b":2}',
])("%s is no JSON", (json) => {
  expect(parseJson(json)).toBeUndefined();
});

test("it takes what JSON.parse takes", () => {
  const pieces = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"',
    '"a"',
    "\\",
    "1",
    "-",
    ".",
    "e5",
    "true",
    "null",
    " ",
    "\t",
    "u0041",
  ];
  let state = 3;
  for (let round = 0; round < 20_000; round += 1) {
    let text = "";
    for (let count = 0; count < 6; count += 1) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      text += pieces[(state >>> 16) % pieces.length];
    }
    let expected: unknown;
    let isJson = true;
    try {
      expected = JSON.parse(text);
    } catch {
      isJson = false;
    }
    const value = parseJson(text);
    expect(value !== undefined, text).toBe(isJson);
    if (value !== undefined) {
      expect(asParsed(value), text).toEqual(expected);
    }
  }
});

test("what is nested too deeply stays text", () => {
  const deep = `${"[".repeat(40_000)}1${"]".repeat(40_000)}`;
  const value = parseJson(`{"a":${deep},"b":2}`);
  expect(value !== undefined && writeJson(value)).toBe(`{"a":${deep},"b":2}`);
  expect(parseJson("[".repeat(40_000))).toBeUndefined();
});

test("of equal keys the last one counts", () => {
  const value = parseJson('{"a":1,"a":2}');
  expect(value !== undefined && writeJson(value)).toBe('{"a":2}');
});

function asParsed(value: Json): unknown {
  if (value instanceof Raw) {
    return Number(value.text);
  }
  if (Array.isArray(value)) {
    return value.map(asParsed);
  }
  return value instanceof Map
    ? Object.fromEntries([...value].map(([key, member]) => [key, asParsed(member)]))
    : value;
}
