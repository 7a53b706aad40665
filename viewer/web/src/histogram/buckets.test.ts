import { describe, expect, it } from "vitest";
import type { Histogram } from "../../store/protocol";
import * as buckets from "./buckets";

const HISTOGRAM: Histogram = {
  fromMs: 1_000,
  bucketMs: 100,
  // Debug, info, warn, error, malformed.
  counts: Uint32Array.of(10, 5, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1, 1_000, 0, 0, 0, 0),
  gaps: [900, 1_000, 1_399, 1_400],
  outside: [],
};
const NOTHING: Histogram = { fromMs: 0, bucketMs: 1, counts: new Uint32Array(), gaps: [], outside: [] };

describe("buckets", () => {
  it("knows its extent and its sums", () => {
    expect(buckets.extent(HISTOGRAM)).toEqual({ fromMs: 1_000, toMs: 1_400 });
    expect([0, 1, 2, 3].map((bucket) => buckets.total(HISTOGRAM, bucket))).toEqual([16, 0, 3, 1_000]);
    expect(buckets.highest(HISTOGRAM)).toBe(1_000);
    expect(buckets.sums(HISTOGRAM)).toEqual({ all: 1_019, bySeries: [1_010, 5, 2, 1, 1] });
  });

  it("stacks errors first, and makes what is there visible", () => {
    const scale = { most: 1_000, height: 100, leastHeight: 2 };
    expect(buckets.heights(HISTOGRAM, 0, scale)).toEqual([
      { series: 3, height: 2 },
      { series: 1, height: 2 },
      { series: 0, height: 2 },
    ]);
    expect(buckets.heights(HISTOGRAM, 1, scale)).toEqual([]);
    expect(buckets.heights(HISTOGRAM, 3, scale)).toEqual([{ series: 0, height: 100 }]);
  });

  it("turns places into times and back", () => {
    expect([-1, 0, 0.26, 0.999, 1, 2].map((share) => buckets.bucketAt(HISTOGRAM, share))).toEqual([
      0, 0, 1, 3, 3, 3,
    ]);
    expect(buckets.timeAt(HISTOGRAM, 0.5)).toBe(1_200);
    expect(buckets.shareOf(HISTOGRAM, 1_100)).toBe(0.25);
    expect(buckets.shareOf(HISTOGRAM, 999)).toBeUndefined();
  });

  it("makes a range of two buckets", () => {
    expect(buckets.rangeOf(HISTOGRAM, 2, 1)).toEqual({ fromMs: 1_100, toMs: 1_300 });
    expect(buckets.rangeOf(HISTOGRAM, 3, 3)).toEqual({ fromMs: 1_300, toMs: 1_400 });
  });

  it("finds buckets with gaps", () => {
    expect([...buckets.gapBuckets(HISTOGRAM)]).toEqual([0, 3]);
  });

  it("takes an empty one", () => {
    expect(buckets.highest(NOTHING)).toBe(0);
    expect(buckets.shareOf(NOTHING, 0)).toBeUndefined();
    expect(buckets.bucketAt(NOTHING, 0.5)).toBe(0);
    expect(buckets.gapBuckets(NOTHING).size).toBe(0);
  });
});
