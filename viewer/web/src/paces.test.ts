import { expect, test } from "vitest";
import { Rate } from "./paces";

test("the rate is that of the last seconds", () => {
  const rate = new Rate();
  for (let second = 0; second <= 10; second += 1) rate.sample(second * 500, second * 1_000);
  expect(rate.perSecond).toBe(500);
  for (let second = 11; second <= 15; second += 1) rate.sample(5_000, second * 1_000);
  expect(rate.perSecond).toBe(0);
});
