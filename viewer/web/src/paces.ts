/** Rates of producers. No clock: times are arguments. */

/** Rates are over the last few seconds. */
const WINDOW_MS = 3_000;

/** Entries per second, of one count that grows. */
export class Rate {
  readonly #samples: { atMs: number; total: number }[] = [];
  perSecond = 0;

  sample(total: number, nowMs: number): void {
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
