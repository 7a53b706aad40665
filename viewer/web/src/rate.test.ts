import { expect, test } from "vitest";
import { Rate } from "./rate";

test("the rate is that of the last three seconds", () => {
  const rate = new Rate();
  rate.sample(0, 0);
  expect(rate.perSecond).toBe(0);
  rate.sample(500, 500);
  expect(rate.perSecond).toBe(1_000);
  for (let atMs = 1_000; atMs <= 10_000; atMs += 500) {
    rate.sample(500 + atMs / 100, atMs);
  }
  expect(rate.perSecond).toBe(10);
});
