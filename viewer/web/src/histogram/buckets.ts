/** The arithmetic of the histogram: no drawing. */

import type { Histogram } from "../../store/protocol";

/** Numbers in a bucket: the four levels and malformed lines. */
export const SERIES = 5;

export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

export function bucketCount({ counts }: Histogram): number {
  return Math.floor(counts.length / SERIES);
}

/** The time between which the histogram counts. */
export function extent(histogram: Histogram): Range {
  return {
    fromMs: histogram.fromMs,
    toMs: histogram.fromMs + histogram.bucketMs * bucketCount(histogram),
  };
}

/** All entries of a bucket. */
export function total({ counts }: Histogram, bucket: number): number {
  let sum = 0;
  for (let series = 0; series < SERIES; series += 1) {
    sum += counts[bucket * SERIES + series] ?? 0;
  }
  return sum;
}

export function highest(histogram: Histogram): number {
  let most = 0;
  for (let bucket = 0; bucket < bucketCount(histogram); bucket += 1) {
    most = Math.max(most, total(histogram, bucket));
  }
  return most;
}

/**
 * The heights of a bucket's levels from the bottom up: errors stand at the bottom, where they all have the same base line.
 * Whatever is there at all is at least `leastHeight` high, because one error among a million entries is what matters.
 */
export function heights(
  histogram: Histogram,
  bucket: number,
  scale: { readonly most: number; readonly height: number; readonly leastHeight: number },
): readonly { readonly series: number; readonly height: number }[] {
  return ORDER.flatMap((series) => {
    const count = histogram.counts[bucket * SERIES + series] ?? 0;
    return count === 0
      ? []
      : [{ series, height: Math.max(scale.leastHeight, (count / Math.max(1, scale.most)) * scale.height) }];
  });
}

/** Error, malformed, warning, information, debug. */
const ORDER = [3, 4, 2, 1, 0] as const;

/** The bucket at a place between 0 and 1 of the width. */
export function bucketAt(histogram: Histogram, share: number): number {
  return Math.max(0, Math.min(bucketCount(histogram) - 1, Math.floor(share * bucketCount(histogram))));
}

/** The time of a place between 0 and 1 of the width. */
export function timeAt(histogram: Histogram, share: number): number {
  const { fromMs, toMs } = extent(histogram);
  return fromMs + (toMs - fromMs) * Math.min(1, Math.max(0, share));
}

/** The place of a time between 0 and 1 of the width; undefined outside. */
export function shareOf(histogram: Histogram, timeMs: number): number | undefined {
  const { fromMs, toMs } = extent(histogram);
  const share = (timeMs - fromMs) / (toMs - fromMs);
  return share >= 0 && share <= 1 ? share : undefined;
}

/** The range of two buckets and those between, whichever comes first, in whole milliseconds as in the address. */
export function rangeOf(histogram: Histogram, one: number, other: number): Range {
  const [first, last] = one < other ? [one, other] : [other, one];
  return {
    fromMs: Math.floor(histogram.fromMs + first * histogram.bucketMs),
    toMs: Math.ceil(histogram.fromMs + (last + 1) * histogram.bucketMs),
  };
}

/** The buckets with a gap. */
export function gapBuckets(histogram: Histogram): ReadonlySet<number> {
  const { fromMs, toMs } = extent(histogram);
  return new Set(
    histogram.gaps
      .filter((gap) => gap >= fromMs && gap < toMs)
      .map((gap) => Math.floor((gap - fromMs) / histogram.bucketMs)),
  );
}

/** Sums over all buckets: by level, and of all. */
export function sums(histogram: Histogram): { readonly all: number; readonly bySeries: readonly number[] } {
  const bySeries = new Array<number>(SERIES).fill(0);
  histogram.counts.forEach((count, index) => {
    bySeries[index % SERIES] = (bySeries[index % SERIES] ?? 0) + count;
  });
  return { all: bySeries.reduce((sum, count) => sum + count, 0), bySeries };
}
