import { expect, test } from "vitest";
import { marksOf, wordsOf } from "./words";

test.each([
  ["", []],
  ["Timeout", ["timeout"]],
  ['level:warn "slow Query" -health (a or b)', ["slow query", "a", "b"]],
  ["message:connection*lost", ["connection", "lost"]],
  ["duration>5 timeout timeout", ["timeout"]],
])("the words of %j are %j", (query, expected) => {
  expect(wordsOf(query)).toEqual(expected);
});

test.each<[text: string, words: readonly string[], marked: readonly string[]]>([
  ["Connection refused: connection", ["connection"], ["Connection", "connection"]],
  ["ab abc", ["abc", "ab"], ["ab", "abc"]],
  ["nothing", ["x", ""], []],
  ["İi", ["i"], ["i"]],
])("in %j %j are marked", (text, words, marked) => {
  expect(marksOf(text, words).map(([start, end]) => text.slice(start, end))).toEqual(marked);
});
