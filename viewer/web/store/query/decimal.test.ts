import { expect, test } from "vitest";
import { compareDecimals, isDecimal } from "./decimal";

test.each([
  ["1", "2", -1],
  ["1", "1.0", 0],
  ["10", "1e1", 0],
  ["1.10", "1.1", 0],
  ["0", "-0", 0],
  ["0.0e5", "0", 0],
  ["-1", "1", -1],
  ["-2", "-1", -1],
  ["9007199254740993", "9007199254740992", 1],
  ["-9007199254740993", "-9007199254740992", -1],
  ["1180591620717411303424", "1180591620717411303425", -1],
  ["1e400", "1e401", -1],
  ["-1e400", "-1e401", 1],
  ["1e400", "1", 1],
  ["1e-400", "0", 1],
  ["1e-400", "2e-400", -1],
  ["-1e-400", "1e-400", -1],
  ["0.1", "0.10000000000000000001", -1],
  ["007", "7", 0],
  ["1e99999999999999999999", "1e99999999999999999998", 1],
])("%s and %s", (left, right, order) => {
  expect(Math.sign(compareDecimals(left, right))).toBe(order);
  expect(Math.sign(compareDecimals(right, left))).toBe(order === 0 ? 0 : -order);
});

test.each(["", "a", "1a", "0x1", " 1", "1_0", "Infinity", "1.", ".5", "--1"])("%s is no number", (text) => {
  expect(isDecimal(text)).toBe(false);
});
