/** Between which times the entries lie that the view passes. */

import type { Block } from "./block";

/** What lies between two times. */
export interface Times {
  readonly count: number;
  /** `Infinity` and `-Infinity` if there is none. */
  readonly oldestMs: number;
  readonly newestMs: number;
}

/** Of the entries from one time to another one, both included. Of a block within these that the view passes as a whole, sums alone. */
export function timesWithin(blocks: Iterable<Block>, fromMs: number, toMs: number): Times {
  let [count, oldestMs, newestMs] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const block of blocks) {
    if (block.kind !== "entries" || (block.timeless === 0 && (block.maxMs < fromMs || block.minMs > toMs))) {
      continue;
    }
    const isInside = block.timeless === 0 && block.minMs >= fromMs && block.maxMs <= toMs;
    const isWider = block.minMs < oldestMs || block.maxMs > newestMs;
    if (isInside && (isWhole(block) || !isWider)) {
      count += block.rank(block.count);
      oldestMs = isWhole(block) ? Math.min(oldestMs, block.minMs) : oldestMs;
      newestMs = isWhole(block) ? Math.max(newestMs, block.maxMs) : newestMs;
      continue;
    }
    for (const [, time] of shownTimesOf(block)) {
      if (time >= fromMs && time <= toMs) {
        count += 1;
        oldestMs = Math.min(oldestMs, time);
        newestMs = Math.max(newestMs, time);
      }
    }
  }
  return { count, oldestMs, newestMs };
}

/** Whether the view passes all of a block, and each entry has a time. */
export function isWhole({ matches, evaluated, count, timeless }: Block): boolean {
  return matches === undefined && evaluated === count && timeless === 0;
}

/** What the view passes of a block. A line without a time has that of the one before it, or of its arrival. */
export function* shownTimesOf(block: Block): Generator<readonly [index: number, ms: number], void> {
  const columns = block.columns();
  const shown = block.rank(block.count);
  let latest = Number.NaN;
  let next = 0;
  for (let rank = 0; rank < shown; rank += 1) {
    const index = block.select(rank);
    for (; next <= index; next += 1) {
      const time = columns.time(next);
      latest = Number.isNaN(time) ? latest : time;
    }
    yield [index, Number.isNaN(latest) ? block.arrivalMs(index) : latest];
  }
}
