import { expect, test } from "vitest";
import { keepLeftOut } from "./left_out";

test("values that were there before one was asked for stay, and count nothing", () => {
  const withLeftOut = keepLeftOut();
  const [a, b] = [
    { value: "a", count: 2 },
    { value: "b", count: 1 },
  ];
  expect(withLeftOut("f", [a, b], false)).toEqual([a, b]);
  expect(withLeftOut("f", [b], true)).toEqual([b, { value: "a", count: 0 }]);
  expect(withLeftOut("g", [b], true)).toEqual([b]);
  expect(withLeftOut("f", [b], false)).toEqual([b]);
  expect(withLeftOut("f", [], true)).toEqual([{ value: "b", count: 0 }]);
});
