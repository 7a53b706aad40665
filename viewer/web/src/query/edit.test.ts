import { expect, test } from "vitest";
import { parse } from "../../store/query/parse";
import {
  addTerm,
  excludeTerm,
  fieldTerm,
  finish,
  levelOf,
  orTerm,
  setLevel,
  targetTerm,
  textTerm,
} from "./edit";

test.each([
  ["", "a:1", "a:1"],
  ["  ", "a:1", "a:1"],
  ["x", "a:1", "x a:1"],
  ["a:1", "a:1", "a:1"],
  ["x  a:1   y", "a:1", "x  a:1   y"],
  ['a:"1"', "a:1", 'a:"1"'],
  ["x -a:1 y", "a:1", "x y a:1"],
  ["x or y", "a:1", "(x or y) a:1"],
  ["(x or y)", "a:1", "(x or y) a:1"],
  ["a:1 or y", "a:1", "(a:1 or y) a:1"],
  ["target:a* x", "target:a.b*", "x target:a.b*"],
  ["-target:a", "target:b", "-target:a target:b"],
  ['"open', "a:1", '"open" a:1'],
  ["x a:1", "a:2", "x a:1 a:2"],
  ["(x or y", "a:1", "(x or y) a:1"],
  ["x or", "a:1", "x a:1"],
  ["x NOT", "a:1", "x a:1"],
  ["(target:a or target:b) x", "target:c", "x target:c"],
  ["target:a or target:b", "target:c", "target:c"],
  ["(target:a or x)", "target:c", "(target:a or x) target:c"],
  ["((target:a or target:b))", "target:c", "((target:a or target:b)) target:c"],
])("%s and %s", (text, term, expected) => {
  expect(addTerm(text, term)).toBe(expected);
});

test.each([
  ["", "a:1", "a:1"],
  ["x", "a:1", "x a:1"],
  ["a:1", "a:1", "a:1"],
  ["a:1", "a:2", "(a:1 or a:2)"],
  ["x a:1 y", "a:2", "x (a:1 or a:2) y"],
  ["x (a:1 or a:2) y", "a:3", "x (a:1 or a:2 or a:3) y"],
  ["x (a:1 or a:2) y", "a:2", "x (a:1 or a:2) y"],
  ["a:1 or a:2", "a:3", "(a:1 or a:2 or a:3)"],
  ["target:a* x", "target:b*", "(target:a* or target:b*) x"],
  ["a:1 b:1", "b:2", "a:1 (b:1 or b:2)"],
  ["-a:1", "a:2", "-a:1 a:2"],
  ["-(a:1 or a:2)", "a:3", "-(a:1 or a:2) a:3"],
  ["(a:1 or b:1)", "a:2", "(a:1 or b:1) a:2"],
  ["(a:1 or a:2", "a:3", "(a:1 or a:2 or a:3)"],
])("%s or %s", (text, term, expected) => {
  expect(orTerm(text, term)).toBe(expected);
  expect(parse(expected).error).toBeUndefined();
});

test.each([
  ["", "a:1", "-a:1"],
  ["x", "a:1", "x -a:1"],
  ["x -a:1", "a:1", "x -a:1"],
  ["x NOT a:1", "a:1", "x NOT a:1"],
  ["a:1 x", "a:1", "x -a:1"],
  ["x or y", "a:1", "(x or y) -a:1"],
  ["-target:a", "target:b", "-target:a -target:b"],
])("%s without %s", (text, term, expected) => {
  expect(excludeTerm(text, term)).toBe(expected);
});

test.each<[string, string | undefined, string]>([
  ["", "level:warn+", "level:warn+"],
  ["x", "level:warn+", "level:warn+ x"],
  ["level:info x level<error", "level:warn+", "level:warn+ x"],
  ["x level:info+", undefined, "x"],
  ["x or level:info", "level:warn+", "level:warn+ (x or level:info)"],
  ["-level:info", "level:warn+", "level:warn+ -level:info"],
])("%s at %s", (text, term, expected) => {
  expect(setLevel(text, term)).toBe(expected);
});

test("the level of a query is known if it has one", () => {
  expect(levelOf("x level:warn+")).toBe(2);
  expect(levelOf("level:warn")).toBeUndefined();
  expect(levelOf("level:warn+ or x")).toBeUndefined();
  expect(levelOf("-level:warn+")).toBeUndefined();
  expect(levelOf("level:warn+ level:info+")).toBeUndefined();
});

test.each([
  ["a b", "a b"],
  ["a level:", "a"],
  ["a -level:wa", "a"],
  ["a NOT b>", "a"],
  ["a or", "a"],
  ['a "b c', 'a "b c"'],
  ["(a or b", "(a or b)"],
  ["(a or (b c:", "(a or (b ))"],
  ["a~(", ""],
  ["level:x a", "level:x a"],
  ["a) b", "a) b"],
  ["(", "("],
])("what is right of %s", (text, expected) => {
  expect(finish(text)).toBe(expected);
});

const hostile = [
  "a",
  "a b",
  "",
  '"',
  "\\",
  "\\*",
  "a*",
  ":x",
  "//x",
  "(",
  ")",
  "-1",
  "or",
  "a\nb",
  "\u0000\u2028",
  "\ud800",
  "张三",
  "/a/",
  "a=b",
  "<5",
  "x".repeat(200),
];

test.each(hostile)("a field that is called or is %j", (text) => {
  const value = parse(fieldTerm("user", text));
  expect(value.error).toBeUndefined();
  expect(value.query).toMatchObject({ kind: "field", path: "user" });
  expect(parse(`(x ${fieldTerm("user", text)} )`).error).toBeUndefined();
  if (text !== "" && !/\p{C}/u.test(text)) {
    const key = parse(fieldTerm(text, "v"));
    expect(key).toEqual({
      query: { kind: "field", path: text, test: { op: "is", pattern: "v" } },
      error: undefined,
    });
    expect(parse(textTerm(text))).toEqual({ query: { kind: "text", text }, error: undefined });
  }
});

test("fields that share a name with a term are told from it", () => {
  expect(parse(fieldTerm("producer", "x")).query).toMatchObject({ kind: "field", path: "producer" });
  expect(fieldTerm("target", "a::b")).toBe("target:a::b");
  expect(fieldTerm("level", "WARN")).toBe("level:warn");
  expect(parse(fieldTerm("level", "FATAL")).query).toMatchObject({ kind: "field", path: "level" });
  expect(fieldTerm("span.trace_id", "4bf9")).toBe("trace:4bf9");
});

test.each(["shop.db*", "a b*", 'a"*', "a(b", "::a*", "a::b"])("the target %s", (pattern) => {
  const { query, error } = parse(targetTerm(pattern));
  expect(error).toBeUndefined();
  expect(query.kind === "target" || (query.kind === "field" && query.path === "target")).toBe(true);
});

test("what is added and excluded is read as it is meant", () => {
  for (const text of ["", "a", "a or b", "(a", "a)", '"x', "-", "level:", "/a/", "a (b or c)", "NOT"]) {
    for (const value of hostile) {
      const term = fieldTerm("k", value);
      const wanted = JSON.stringify(parse(term).query);
      expect(JSON.stringify(parse(addTerm(text, term)).query), `${text} | ${term}`).toContain(wanted);
      expect(addTerm(addTerm(text, term), term)).toBe(addTerm(text, term));
      expect(excludeTerm(excludeTerm(text, term), term)).toBe(excludeTerm(text, term));
    }
  }
});
