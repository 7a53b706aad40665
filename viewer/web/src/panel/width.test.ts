import { expect, test } from "vitest";
import { boundShare, MAX_SHARE, MIN_SHARE, shareByKey } from "./width";

test("keys widen and narrow the panel, within bounds", () => {
  expect(shareByKey(0.4, "ArrowLeft")).toBeCloseTo(0.42);
  expect(shareByKey(0.4, "ArrowRight")).toBeCloseTo(0.38);
  expect(shareByKey(0.4, "PageUp")).toBeCloseTo(0.5);
  expect(shareByKey(0.4, "PageDown")).toBeCloseTo(0.3);
  expect([shareByKey(0.4, "Home"), shareByKey(0.4, "End")]).toEqual([MIN_SHARE, MAX_SHARE]);
  expect([shareByKey(MAX_SHARE, "ArrowLeft"), shareByKey(MIN_SHARE, "ArrowRight")]).toEqual([
    MAX_SHARE,
    MIN_SHARE,
  ]);
  expect(shareByKey(0.4, "j")).toBeUndefined();
  expect([boundShare(-1), boundShare(2)]).toEqual([MIN_SHARE, MAX_SHARE]);
});
