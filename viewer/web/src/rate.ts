/** Entries per second, over the last few seconds. No clock: the time is an argument. */

const WINDOW_MS = 3_000;

export class Rate {
  #samples: { atMs: number; total: number }[] = [];
  perSecond = 0;

  /** Takes note of how many there have been by now. */
  sample(total: number, nowMs: number): void {
    this.#samples.push({ atMs: nowMs, total });
    while (this.#samples.length > 2 && nowMs - (this.#samples[1]?.atMs ?? nowMs) >= WINDOW_MS) {
      this.#samples.shift();
    }
    const oldest = this.#samples[0];
    if (oldest !== undefined && nowMs > oldest.atMs) {
      this.perSecond = Math.round(((total - oldest.total) * 1_000) / (nowMs - oldest.atMs));
    }
  }
}
