import { expect, test } from "vitest";
import { parse } from "./parse";
import type { Query } from "./syntax";

const text = (text: string): Query => ({ kind: "text", text });
const is = (path: string, pattern: string): Query => ({ kind: "field", path, test: { op: "is", pattern } });

test.each<[string, Query]>([
  ["", { kind: "all" }],
  ["  ", { kind: "all" }],
  ["a", text("a")],
  ["a b", { kind: "and", parts: [text("a"), text("b")] }],
  ["a and b", { kind: "and", parts: [text("a"), text("b")] }],
  ["a b or c", { kind: "or", parts: [{ kind: "and", parts: [text("a"), text("b")] }, text("c")] }],
  ["a (b OR c)", { kind: "and", parts: [text("a"), { kind: "or", parts: [text("b"), text("c")] }] }],
  ["-a", { kind: "not", part: text("a") }],
  ["NOT a", { kind: "not", part: text("a") }],
  ["-(a or b)", { kind: "not", part: { kind: "or", parts: [text("a"), text("b")] } }],
  ['-"a b"', { kind: "not", part: text("a b") }],
  ["not found", { kind: "and", parts: [text("not"), text("found")] }],
  [
    "a and NOT (b OR c)",
    {
      kind: "and",
      parts: [text("a"), { kind: "not", part: { kind: "or", parts: [text("b"), text("c")] } }],
    },
  ],
  ["a AND b", { kind: "and", parts: [text("a"), text("b")] }],
  ['"NOT" found', { kind: "and", parts: [text("NOT"), text("found")] }],
  ["Not nothing", { kind: "and", parts: [text("Not"), text("nothing")] }],
  ["((a))", text("a")],
  ['"a \\"b\\" \\\\ \\n"', text('a "b" \\ \\n')],
  ["level:warn", { kind: "level", level: 2, orMore: false }],
  ["level:WARN+", { kind: "level", level: 2, orMore: true }],
  ["level>=info", { kind: "level", level: 1, orMore: true }],
  ["level>info", { kind: "level", level: 2, orMore: true }],
  ["level:trace", is("level_name", "trace")],
  ["level:trace+", { kind: "level", level: 0, orMore: true }],
  ["target:a.b*", { kind: "target", pattern: "a.b*" }],
  ["target:shop::db", { kind: "target", pattern: "shop::db" }],
  ["target~^a", { kind: "field", path: "target", test: { op: "matches", source: "^a", flags: "" } }],
  ['producer:"a*"', { kind: "producer", pattern: "a\\*" }],
  ["trace:4bf9", { kind: "trace", id: "4bf9" }],
  ["trace:4b*", is("span.trace_id", "4b*")],
  ["pattern:1A2B3c4d", { kind: "pattern", hash: "1a2b3c4d" }],
  ["http.status:200", is("http.status", "200")],
  ['"a key":v', is("a key", "v")],
  ['"level":v', is("level", "v")],
  ['a:"b c"', is("a", "b c")],
  ['a:""', is("a", "")],
  ["a:*", is("a", "*")],
  ["a:b\\*c", is("a", "b\\*c")],
  ["用户:张三", is("用户", "张三")],
  ["a>2026-01-31T12:00:00Z", { kind: "field", path: "a", test: { op: ">", value: "2026-01-31T12:00:00Z" } }],
  ["a>5", { kind: "field", path: "a", test: { op: ">", value: "5" } }],
  ["a<=-1.5e3", { kind: "field", path: "a", test: { op: "<=", value: "-1.5e3" } }],
  ['a>="b c"', { kind: "field", path: "a", test: { op: ">=", value: "b c" } }],
  ["a~/x y/i", { kind: "field", path: "a", test: { op: "matches", source: "x y", flags: "i" } }],
  ["a~(b|c)d", { kind: "field", path: "a", test: { op: "matches", source: "(b|c)d", flags: "" } }],
  ["(a:(b))", is("a", "(b)")],
  ["a=1", { kind: "or", parts: [is("a", "1"), text("a=1")] }],
  ["/a b/i", { kind: "regex", source: "a b", flags: "i" }],
  ["/[/]a/", { kind: "regex", source: "[/]a", flags: "" }],
  ["/api/orders", text("/api/orders")],
  ["std::io::Error", text("std::io::Error")],
  ["https://host/a", text("https://host/a")],
  ["12:30:05", text("12:30:05")],
  ["C:\\dir", text("C:\\dir")],
  ["a->b a=>b a==b", { kind: "and", parts: [text("a->b"), text("a=>b"), text("a==b")] }],
  ["--flag -", { kind: "and", parts: [text("--flag"), text("-")] }],
  ["foo(bar)", text("foo(bar)")],
])("%s", (query, expected) => {
  expect(parse(query)).toEqual({ query: expected, error: undefined });
});

test.each<[query: string, code: string, wrong: string, start: number]>([
  ['a "b', "unclosed", '"b', 2],
  ['a:"b', "unclosed", '"b', 2],
  ["a /(/ b", "regex", "/(/", 2],
  ["a~[ b", "regex", "[", 2],
  ["a~/(/i", "regex", "/(/i", 2],
  ["a level:wran", "level", "wran", 8],
  ["level:warn+x", "level", "warn+x", 6],
  ["level<debug", "level", "debug", 6],
  ["a:", "value", "a:", 0],
  ["x a> b", "value", "a>", 2],
  ["pattern:xyz", "value", "xyz", 8],
  ['"":a', "value", "a", 3],
  ["(a", "paren", "(", 0],
  ["duration_ms>foo(", "paren", "(", 15],
  ["a size<=(5 b", "paren", "(5", 8],
  ["duration_ms>(500)", "paren", "(500)", 12],
  ["duration_ms>abc", "order", "abc", 12],
  ["a duration_ms>5ms", "order", "5ms", 14],
  ["a ((b)", "paren", "(", 2],
  ["a) b", "paren", ")", 1],
  ["()", "paren", "(", 0],
  ["or a", "operator", "or", 0],
  ["a or", "operator", "or", 2],
  ["a or or b", "operator", "or", 2],
  ["(a or)", "operator", "or", 3],
  ["a and", "operator", "and", 2],
  ["NOT", "operator", "NOT", 0],
  ["a NOT", "operator", "NOT", 2],
  ["producer~a", "operator", "producer~a", 0],
  ["trace>4", "operator", "trace>4", 0],
])("%s is wrong at its place", (query, code, wrong, start) => {
  expect(parse(query).error).toEqual({ code, text: wrong, start, end: start + wrong.length });
});

test("what is right of a wrong query is kept", () => {
  expect(parse("a level:wran -b:").query).toEqual(text("a"));
  expect(parse("a) b").query).toEqual({ kind: "and", parts: [text("a"), text("b")] });
});

test("the first thing that is wrong is said", () => {
  expect(parse("(a b: ) c:").error?.text).toBe("b:");
});

test("no text makes it throw", () => {
  const pieces = [
    "a",
    ":",
    "(",
    ")",
    "-",
    '"',
    "/",
    "\\",
    " ",
    "or",
    "and",
    "NOT",
    ">",
    "~",
    "=",
    "level",
    "*",
    "[",
    "é",
    "\ud800",
  ];
  let state = 7;
  for (let round = 0; round < 3_000; round += 1) {
    let query = "";
    for (let count = 0; count < 12; count += 1) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      query += pieces[(state >>> 16) % pieces.length];
    }
    const { error } = parse(query);
    if (error !== undefined) {
      expect(query.slice(error.start, error.end)).toBe(error.text);
      expect(error.text).not.toBe("");
    }
  }
});

test("parentheses may be many", () => {
  expect(parse(`${"(".repeat(50_000)}a`).error?.code).toBe("paren");
  expect(parse(`${"-(".repeat(50)}a${")".repeat(50)}`).query).toEqual(text("a"));
});
