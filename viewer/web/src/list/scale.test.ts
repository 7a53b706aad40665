import { expect, test } from "vitest";
import {
  clampTop,
  type Extent,
  MAX_NATIVE_PX,
  maxNative,
  maxTop,
  move,
  nativeHeight,
  type ScrollPlace,
  toNative,
  toTop,
} from "./scale";

const ROW_PX = 22;
const NOTCH_PX = 120;
const EXTENTS: Extent[] = [0, 3, 40, 1_000, 681_818, 700_000, 10_000_000, 400_000_000].map((rows) => ({
  rowsPx: rows * ROW_PX,
  viewportPx: 613,
}));

/** Mulberry32: the same numbers in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A browser's scroller: it clamps, and rounds to a device pixel. */
function scroll(place: ScrollPlace, deltaPx: number, extent: Extent): ScrollPlace {
  const nativePx = Math.min(Math.max(0, Math.round(place.nativePx + deltaPx)), maxNative(extent));
  return move(place, nativePx, extent);
}

function settle({ topPx }: ScrollPlace, extent: Extent): ScrollPlace {
  return { topPx, nativePx: Math.round(toNative(topPx, extent)) };
}

test.each(EXTENTS)("the two positions are of one order, and their ends meet, over $rowsPx px", (extent) => {
  expect(nativeHeight(extent)).toBeLessThanOrEqual(MAX_NATIVE_PX);
  expect(toTop(0, extent)).toBe(0);
  expect(toTop(maxNative(extent), extent)).toBe(maxTop(extent));
  expect(toNative(maxTop(extent), extent)).toBe(maxNative(extent));
  const random = seeded(1);
  for (let round = 0; round < 500; round += 1) {
    const [first, second] = [random() * maxNative(extent), random() * maxNative(extent)].sort(
      (a, b) => a - b,
    );
    expect(toTop(first ?? 0, extent)).toBeLessThanOrEqual(toTop(second ?? 0, extent));
    const back = toNative(toTop(first ?? 0, extent), extent);
    expect(Math.abs(back - (first ?? 0))).toBeLessThan(0.01);
  }
});

test.each(EXTENTS)("a notch moves the same rows wherever it is turned, over $rowsPx px", (extent) => {
  const random = seeded(2);
  for (let round = 0; round < 300; round += 1) {
    let place = settle({ topPx: random() * maxTop(extent), nativePx: 0 }, extent);
    const topPx = place.topPx;
    const direction = random() < 0.5 ? -1 : 1;
    // A smooth scroll of several parts.
    for (let part = 0; part < 4; part += 1) {
      place = scroll(place, (direction * NOTCH_PX) / 4, extent);
    }
    const wanted = clampTop(topPx + direction * NOTCH_PX, extent);
    // The native position is rounded: so far from an end it may stop early, and never goes elsewhere.
    expect(Math.abs(place.topPx - wanted)).toBeLessThanOrEqual(1);
  }
});

test.each(EXTENTS)("every row is reached by dragging and turning, over $rowsPx px", (extent) => {
  const random = seeded(3);
  const rows = Math.floor(maxTop(extent) / ROW_PX);
  for (let round = 0; round < 60; round += 1) {
    const wantedPx = Math.floor(random() * (rows + 1)) * ROW_PX;
    let place: ScrollPlace = { topPx: 0, nativePx: 0 };
    // To the nearest position of a scroll bar of 600 px, as a mouse can.
    const step = maxNative(extent) / 600;
    if (step > 0) {
      const dragged = Math.round(toNative(wantedPx, extent) / step) * step;
      place = settle(scroll(place, dragged, extent), extent);
    }
    for (let turn = 0; turn < 40_000 && Math.abs(place.topPx - wantedPx) > 0.5; turn += 1) {
      const before = place.topPx;
      const delta = Math.min(Math.max(wantedPx - place.topPx, -NOTCH_PX * 15), NOTCH_PX * 15);
      place = scroll(place, delta, extent);
      // Nothing jumps, at the ends of the exact parts neither.
      expect(Math.abs(place.topPx - before)).toBeLessThanOrEqual(NOTCH_PX * 15 + 1);
      if (turn % 7 === 0) place = settle(place, extent);
    }
    expect(Math.abs(place.topPx - wantedPx)).toBeLessThanOrEqual(1);
  }
});

test("the first and the last row are reached from anywhere by one large movement", () => {
  const extent = { rowsPx: 10_000_000 * ROW_PX, viewportPx: 613 };
  const middle = settle({ topPx: 100_000_000, nativePx: 0 }, extent);
  expect(scroll(middle, -MAX_NATIVE_PX, extent).topPx).toBe(0);
  expect(scroll(middle, MAX_NATIVE_PX, extent).topPx).toBe(maxTop(extent));
});
