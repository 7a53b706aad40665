/** Counts over time, of what the view passes: from columns alone, and from sums where a block lies within one bucket. */

import { axisOf, outsideOf } from "./axis";
import type { Block } from "./block";
import { LEVEL_COUNT } from "./columns";
import type { Histogram, View } from "./protocol";
import { isWhole, shownTimesOf } from "./shown_times";
import type { Store } from "./store";

/** Widths that read well. */
const STEPS = [1, 2, 5];
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WIDTHS = [
  ...[1, 10, 100].flatMap((unit) => STEPS.map((step) => step * unit)),
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 5, 10, 20, 50, 100, 200, 365, 730, 3_650].map((days) => days * DAY),
];

/** The least width of which `buckets` are enough. */
export function widthFor(fromMs: number, toMs: number, buckets: number): number {
  const fits = (width: number) => Math.floor(toMs / width) - Math.floor(fromMs / width) < buckets;
  return WIDTHS.find(fits) ?? Math.ceil((toMs - fromMs) / Math.max(1, buckets - 1) / DAY) * DAY;
}

export function histogramOf(store: Store, buckets: number, range: View["range"]): Histogram {
  const wanted = Math.min(Math.max(2, Math.floor(buckets)), 2_000);
  const { oldestMs, newestMs } =
    range === undefined ? axisOf(store) : { oldestMs: range.fromMs, newestMs: range.toMs - 1 };
  if (!(oldestMs <= newestMs)) {
    return { fromMs: 0, bucketMs: 1, counts: new Uint32Array(), gaps: [], outside: [] };
  }
  const bucketMs = widthFor(oldestMs, newestMs, wanted);
  const fromMs = Math.floor(oldestMs / bucketMs) * bucketMs;
  const count = Math.floor((newestMs - fromMs) / bucketMs) + 1;
  const counter = new Counter(fromMs, bucketMs, count);
  const gaps: number[] = [];
  for (const block of store.blocks()) {
    if (block.kind === "entries") {
      counter.add(block);
    } else if (block.kind === "gap" && block.evaluated > 0) {
      gaps.push(gapTime(block));
    }
  }
  const toMs = fromMs + count * bucketMs;
  const isIn = (ms: number) => ms >= fromMs && ms < toMs;
  const outside = range === undefined ? outsideOf(store, fromMs, toMs) : [];
  return { fromMs, bucketMs, counts: counter.counts, gaps: gaps.filter(isIn), outside };
}

/** Of the entry in front of a gap, if one was known; else of its arrival. */
function gapTime(block: Block): number {
  return Number.isFinite(block.maxMs) ? block.maxMs : block.arrivalMs(0);
}

class Counter {
  readonly counts: Uint32Array;
  readonly #fromMs: number;
  readonly #bucketMs: number;
  readonly #count: number;

  constructor(fromMs: number, bucketMs: number, count: number) {
    this.counts = new Uint32Array(count * LEVEL_COUNT);
    this.#fromMs = fromMs;
    this.#bucketMs = bucketMs;
    this.#count = count;
  }

  add(block: Block): void {
    const [first, last] = [this.#bucketOf(block.minMs), this.#bucketOf(block.maxMs)];
    if (block.timeless === 0 && (last < 0 || first >= this.#count)) {
      return;
    }
    if (isWhole(block) && first === last) {
      for (const [level, count] of block.levels.entries()) {
        this.#increase(first, level, count);
      }
      return;
    }
    const { levels } = block.columns();
    for (const [index, time] of shownTimesOf(block)) {
      this.#increase(this.#bucketOf(time), levels[index] ?? 0, 1);
    }
  }

  #bucketOf(ms: number): number {
    return Math.floor((ms - this.#fromMs) / this.#bucketMs);
  }

  #increase(bucket: number, level: number, by: number): void {
    if (bucket >= 0 && bucket < this.#count) {
      const at = bucket * LEVEL_COUNT + level;
      this.counts[at] = (this.counts[at] ?? 0) + by;
    }
  }
}
