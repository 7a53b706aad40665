import { expect, test } from "vitest";
import { formatDay, formatTime } from "./time";

const MS = Date.UTC(2026, 0, 31, 23, 4, 5, 7);

test("a time of day has milliseconds, and its day", () => {
  expect(formatTime(MS, "utc", 0)).toBe("23:04:05.007");
  expect(formatTime(MS, "local", 0)).toMatch(/^\d\d:\d\d:05\.007$/);
  expect(formatDay(MS, "utc")).toBe("2026-01-31");
  expect(formatDay(MS, "relative")).toBe("");
});

test.each([
  [0, "-0.0 s"],
  [3_210, "-3.2 s"],
  [-1_500, "+1.5 s"],
  [245_000, "-4 min 05 s"],
  [7_500_000, "-2 h 05 min"],
  [183_600_000, "-2 d 03 h"],
])("what is %d ms old is %s", (ageMs, expected) => {
  expect(formatTime(MS, "relative", MS + ageMs)).toBe(expected);
});

test("no time is said to be none", () => {
  expect(formatTime(Number.NaN, "utc", 0)).toBe("—");
  expect(formatDay(Number.NaN, "utc")).toBe("");
});
