/** Rates and delays of producers. No clock: times are arguments. */

import type { EntryRow } from "../store/protocol";

/** Rates are over the last few seconds. */
const WINDOW_MS = 3_000;
/** Delays are the median of so many entries. */
const DELAYS = 64;

/** Entries per second, of one count that grows. */
export class Rate {
  readonly #samples: { atMs: number; total: number }[] = [];
  perSecond = 0;
  /** The latest rates, one a sample, oldest first. */
  readonly history: number[] = [];

  sample(total: number, nowMs: number): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && nowMs > last.atMs) {
      this.history.push(Math.max(0, ((total - last.total) * 1_000) / (nowMs - last.atMs)));
      this.history.splice(0, this.history.length - 30);
    }
    this.#samples.push({ atMs: nowMs, total });
    while (this.#samples.length > 2 && nowMs - (this.#samples[1]?.atMs ?? nowMs) >= WINDOW_MS) {
      this.#samples.shift();
    }
    const oldest = this.#samples[0];
    if (oldest !== undefined && nowMs > oldest.atMs) {
      this.perSecond = Math.max(0, Math.round(((total - oldest.total) * 1_000) / (nowMs - oldest.atMs)));
    }
  }
}

/** The median time from the timestamp to the arrival, of the latest entries of each producer. */
export class Delays {
  readonly #latest = new Map<string, { id: number; delays: number[] }>();

  /** Takes rows that arrived since `sinceMs`: what a producer held before is older than its way here. */
  sample(rows: readonly EntryRow[], sinceMs: (producer: string) => number): void {
    for (const { id, producer, timeMs, arrivalMs } of rows) {
      const known = this.#latest.get(producer) ?? { id: -1, delays: [] };
      if (id > known.id && !Number.isNaN(timeMs) && arrivalMs > sinceMs(producer)) {
        known.id = id;
        known.delays.push(arrivalMs - timeMs);
        known.delays.splice(0, known.delays.length - DELAYS);
        this.#latest.set(producer, known);
      }
    }
  }

  medianOf(producer: string): number | undefined {
    const sorted = [...(this.#latest.get(producer)?.delays ?? [])].sort((a, b) => a - b);
    return sorted[sorted.length >> 1];
  }
}
