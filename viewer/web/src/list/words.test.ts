import { expect, test } from "vitest";
import { wordsOf } from "./words";

test.each([
  ["", []],
  ["Timeout", ["timeout"]],
  ['level:warn "slow Query" -health (a or b)', ["slow query", "a", "b"]],
  ["message:connection*lost", ["connection", "lost"]],
  ["duration>5 timeout timeout", ["timeout"]],
])("the words of %j are %j", (query, expected) => {
  expect(wordsOf(query)).toEqual(expected);
});
