import { expect, test } from "vitest";
import { gapText } from "./gap";

test.each([
  [0, 11, "overflow", "12 entries lost here (the journal was full)"],
  [7, 7, "oversize", "1 entry lost here (longer than this browser accepts)"],
  [100, 1_333, "away", "1\u2009234 entries lost here (no longer held when the connection came back)"],
] as const)("the numbers %d to %d, %s: %s", (first, last, reason, expected) => {
  expect(gapText({ producer: "api", first, last, reason })).toBe(expected);
});
