import { expect, test } from "vitest";
import type { Row } from "../../store/protocol";
import { RowCache } from "./row_cache";

function cacheOf(position: number, ids: readonly number[]): RowCache {
  const cache = new RowCache();
  const rows = ids.map((id): Row => ({ kind: "live", id, arrivalMs: 0 }));
  cache.set({ position, rows, total: 1_000 });
  return cache;
}

test("rows are found by their positions and ids", () => {
  const cache = cacheOf(100, [7, 9, 8]);
  expect(cache.covers(100, 103)).toBe(true);
  expect(cache.covers(99, 102)).toBe(false);
  expect(cache.covers(101, 104)).toBe(false);
  expect(cache.positionOf(9)).toBe(101);
  expect(cache.positionOf(5)).toBeUndefined();
  expect(cache.neighbourOf(9, 1)).toBe(8);
  expect(cache.neighbourOf(8, 1)).toBeUndefined();
  expect(cache.placeAt(101)).toEqual({ id: 9, position: 101 });
  expect(cache.placeAt(500)).toEqual({ id: 8, position: 102 });
  expect(cacheOf(0, []).placeAt(0)).toBeUndefined();
});

test("what is nearest is whole, or nothing", () => {
  const cache = cacheOf(100, [1, 2, 3, 4]);
  expect(cache.nearest(101, 103)).toMatchObject({ position: 101, rows: [{ id: 2 }, { id: 3 }] });
  expect(cache.nearest(0, 2)).toMatchObject({ position: 100, rows: [{ id: 1 }, { id: 2 }] });
  expect(cache.nearest(900, 903)).toMatchObject({ position: 101 });
  expect(cache.nearest(100, 105)).toBeUndefined();
});
