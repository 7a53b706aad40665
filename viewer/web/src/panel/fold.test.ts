import { expect, test } from "vitest";
import { foldedEnd } from "./fold";

const LIMIT = { characters: 10, lines: 3 };

test.each([
  ["", 0],
  ["0123456789", 10],
  ["0123456789a", 10],
  ["a\nb\nc", 5],
  ["a\nb\nc\n", 6],
  ["a\nb\nc\nd", 5],
  ["\n\n\n\n", 2],
  ["012345678\u{1f600}", 9],
  ["01234567\u{1f600}", 10],
])("%j ends at %i", (text, end) => {
  expect(foldedEnd(text, LIMIT)).toBe(end);
});
