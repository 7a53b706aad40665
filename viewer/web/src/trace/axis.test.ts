import { expect, test } from "vitest";
import { ticksOf } from "./axis";

test.each([
  [463, [0, 100, 200, 300, 400]],
  [1_000, [0, 200, 400, 600, 800, 1_000]],
  [7, [0, 2, 4, 6]],
  [0.3, [0, 0.1, 0.2, 0.3]],
  [90_000, [0, 20_000, 40_000, 60_000, 80_000]],
  [0, [0]],
  [Number.NaN, [0]],
])("a trace of %d ms has round labels", (lengthMs, expected) => {
  const ticks = ticksOf(lengthMs);
  expect(ticks.map(({ ms }) => Number(ms.toPrecision(6)))).toEqual(expected);
  expect(ticks.every(({ share }) => share >= 0 && share <= 1 + 1e-9)).toBe(true);
});
