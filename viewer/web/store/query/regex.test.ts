import { expect, test } from "vitest";
import { compileLineTest, compileRegex } from "./regex";
import { someValue } from "./values";

const LINES = [
  { message: "GET /orders 503", fields: { a: [1.5, true, null], "a b": "cart" } },
  { message: "in cart", span: { id: "cart7" } },
  { message: 'a "quoted" \\ one\nand another', number: -12 },
  { message: `${"x".repeat(3_000)} end` },
].map((entry) => JSON.stringify(entry));

test.each([
  "orders 5\\d\\d",
  "\\bcart\\b",
  "\\Bart\\b",
  "true|null",
  "1\\.5",
  "(?=GET).*50",
  "(\\w)\\1",
  "one\\sand",
  '"quoted"',
  "x end",
  "[^$]T",
  "-12",
])("a line of which a value matches /%s/ matches it", (source) => {
  const mayMatch = compileLineTest(source, "i")?.mayMatch ?? (() => true);
  const matches = compileRegex(source, "i");
  const matching = LINES.filter((line) => someValue(line, matches));
  expect(matching).not.toEqual([]);
  expect(matching.filter((line) => !mayMatch(line))).toEqual([]);
});

test.each(["^GET", "503$", '503(?!")', '(?<!")GET', "(a|^)b"])("no line tells of /%s/", (source) => {
  expect(compileLineTest(source, "")).toBeUndefined();
});

test("a line in which nothing matches does not match", () => {
  const test = compileLineTest("POST \\d", "");
  expect(LINES.filter((line) => test?.mayMatch(line)).length).toBe(2);
});

test.each(["a\\s", "[^x]", "\\W", "a[\\s\\S]", "\\n", "\\x0a", "\\u000a", "[\t-z]", "a\nb", "\\p{Cc}"])(
  "/%s/ may reach over a line end",
  (source) => {
    expect(compileLineTest(source, "u")?.next).toBeUndefined();
  },
);

test.each(["orders 5\\d\\d", "a.*b", "\\bcart\\b", "(GET|POST) \\/\\S+"])(
  "/%s/ stays in its line",
  (source) => {
    expect(compileLineTest(source, "i")?.next).toBeDefined();
    expect(compileLineTest(source, "s")?.next).toBeUndefined();
  },
);
