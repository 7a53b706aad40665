import { expect, it } from "vitest";
import { dayLabel, timeLabel } from "./labels";

const MS = Date.UTC(2026, 0, 31, 13, 3, 7, 412);

it("is as fine as the buckets", () => {
  expect([100, 1_000, 60_000].map((bucketMs) => timeLabel(MS, "utc", bucketMs))).toEqual([
    "13:03:07.412",
    "13:03:07",
    "13:03",
  ]);
});

it("says the day where it is another one", () => {
  expect(dayLabel(MS, "utc", 1_000, MS + 1)).toBe("13:03:07");
  expect(dayLabel(MS, "utc", 1_000, MS + 86_400_000)).toBe("2026-01-31 13:03:07");
});
