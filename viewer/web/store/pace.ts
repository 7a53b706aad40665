/**
 * How much a producer sends, and how long that is on its way: of what it logs while its channel is there. What it held
 * before is older than its way here, and comes all at once.
 */

/** Delays are the median of so many messages. */
const DELAYS = 64;
/** Older ones say nothing of now. */
const STALE_MS = 10_000;

export class Pace {
  #live = 0;
  /** The latest ones, the oldest first. */
  readonly #delays: { readonly arrivalMs: number; readonly delayMs: number }[] = [];

  /** How many entries there were, in all. */
  get live(): number {
    return this.#live;
  }

  /** Takes entries that came together, the last of which was logged at `timeMs`. */
  take(count: number, timeMs: number, arrivalMs: number): void {
    this.#live += count;
    if (count > 0 && !Number.isNaN(timeMs)) {
      this.#delays.push({ arrivalMs, delayMs: arrivalMs - timeMs });
      if (this.#delays.length > DELAYS) {
        this.#delays.shift();
      }
    }
  }

  /** The median time from the timestamp to the arrival; undefined while nothing has come lately. */
  delayMs(nowMs: number): number | undefined {
    const sorted = this.#delays
      .filter(({ arrivalMs }) => nowMs - arrivalMs <= STALE_MS)
      .map(({ delayMs }) => delayMs)
      .sort((one, other) => one - other);
    return sorted[sorted.length >> 1];
  }
}
