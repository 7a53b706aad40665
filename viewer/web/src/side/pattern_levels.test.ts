import { expect, test } from "vitest";
import { commonLevel, worstLevel } from "./pattern_levels";

test.each([
  [[0, 100, 0, 1], 1, { level: 3, count: 1 }],
  [[0, 100, 2, 0], 1, { level: 2, count: 2 }],
  [[100, 1, 0, 0], 0, undefined],
  [[0, 0, 0, 5], 3, undefined],
  [[0, 5, 0, 5], 3, undefined],
  [[0, 0, 9, 5], 2, { level: 3, count: 5 }],
  [[0, 0, 0, 0], 3, undefined],
])("of %j, most are %i", (levels, common, worst) => {
  expect(commonLevel({ levels })).toBe(common);
  expect(worstLevel({ levels })).toEqual(worst);
});
