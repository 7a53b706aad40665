import { expect, test } from "vitest";
import { makeRandom } from "../engine/engine.testing";
import { literalOf } from "./literal";

test.each<[source: string, flags: string, literal: string | undefined]>([
  ["orders\\/7\\d", "", "orders/7"],
  ["conn.*reset", "i", "reset"],
  ["^abc$", "", "abc"],
  ["abc?d", "", "ab"],
  ["abc+d", "", "abc"],
  ["abc*", "", "ab"],
  ["abc{0,2}de", "", "ab"],
  ["ab|cd", "", undefined],
  ["(ab|cd)ef", "", "ef"],
  ["(?!abc)de", "", "de"],
  ["[abc]de", "", "de"],
  ["[(]de(f[)]g)", "", "de"],
  ["\\bab\\b", "", "ab"],
  ["\\u0041bc", "", "bc"],
  ["\\u{41}bc", "u", "bc"],
  ["\\x41bc", "", "bc"],
  ["a\\.b", "", "a.b"],
  ["ask", "iu", undefined],
  ["ask", "i", "ask"],
  ["ärger", "", "rger"],
  ["a", "", undefined],
  ["\\1ab(c)", "", "ab"],
  ["(?:ab)?cd", "", "cd"],
  ["a{2}b", "", undefined],
])("%s has %s", (source, flags, literal) => {
  expect(literalOf(source, flags)).toBe(literal);
});

test("what matches has the text", () => {
  const random = makeRandom(11);
  const pieces = [
    "a",
    "b",
    "ab",
    ".",
    "*",
    "+",
    "?",
    "(",
    ")",
    "|",
    "[",
    "]",
    "{1}",
    "{0,1}",
    "\\d",
    "\\.",
    "^",
    "$",
    "\\b",
    "(?:",
    "(?!",
    "^[a]",
  ];
  let compared = 0;
  for (let round = 0; round < 20_000; round += 1) {
    const source = Array.from({ length: 1 + random(6) }, () => pieces[random(pieces.length)]).join("");
    const regex = compiled(source);
    const literal = regex === undefined ? undefined : literalOf(source, "");
    if (regex === undefined || literal === undefined) {
      continue;
    }
    for (let count = 0; count < 20; count += 1) {
      const text = Array.from({ length: random(8) }, () => "ab.1{}"[random(6)]).join("");
      if (regex.test(text)) {
        compared += 1;
        expect(text.includes(literal), `${source} in ${text}, without ${literal}`).toBe(true);
      }
    }
  }
  expect(compared).toBeGreaterThan(400);
});

function compiled(source: string): RegExp | undefined {
  try {
    return new RegExp(source);
  } catch {
    return undefined;
  }
}
