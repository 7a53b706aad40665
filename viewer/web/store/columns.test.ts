import { expect, test } from "vitest";
import { Columns } from "./columns";
import { ownPiece } from "./slabs";

const BASE_MS = Date.UTC(2026, 0, 31);

test.each([false, true])("times come back as they were set; wide: %s", (isWide) => {
  const shape = { capacity: 4, baseMs: BASE_MS, isWide, hasTraces: false };
  const columns = new Columns(ownPiece(Columns.bytes(shape)), shape);
  const times = [
    BASE_MS,
    BASE_MS - 5_000,
    Number.NaN,
    isWide ? Date.UTC(2031, 5, 1, 12, 0, 0, 7) : BASE_MS + 7,
  ];
  for (const [index, ms] of times.entries()) columns.setTime(index, ms);
  expect(times.map((_, index) => columns.time(index))).toEqual(times);
  expect(columns.time(9)).toBeNaN();
});
