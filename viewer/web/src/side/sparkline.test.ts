import { expect, it } from "vitest";
import { sparkline } from "./sparkline";

it("draws a bar for every count", () => {
  expect(sparkline([0, 5, 10, 0.001], 8, 10)).toBe("M2 10V5H3V10ZM4 10V0H5V10ZM6 10V9H7V10Z");
  expect(sparkline([], 8, 10)).toBe("");
  expect(sparkline([0], 8, 10)).toBe("");
});
