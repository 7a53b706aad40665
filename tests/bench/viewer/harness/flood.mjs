/** A producer that always has something to send, and never loses any of it. */

import { setTimeout as sleep } from "node:timers/promises";

/** So many entries may wait for the page. */
const MAX_WAITING = 60_000;
const BURST = 20_000;
const POLL_MS = 5;

/** At the highest rate that the page takes, or at a steady one. */
export class Flood {
  #isStopped = false;
  #logged = 0;
  #done;

  /** @param {import("../../harness/producers.mjs").Logrtc} producer @param {number} [perSecond] */
  constructor(producer, perSecond) {
    this.#done = perSecond === undefined ? this.#fill(producer) : this.#pace(producer, perSecond);
    // Whoever stops it learns of it.
    this.#done.catch(() => {});
  }

  /** @param {import("../../harness/producers.mjs").Logrtc} producer */
  async #fill(producer) {
    while (!this.#isStopped) {
      const { consumers } = await producer.stats();
      if ((consumers[0]?.waiting ?? 0) < MAX_WAITING) {
        await producer.burst(BURST);
        this.#logged += BURST;
      } else {
        await sleep(POLL_MS);
      }
    }
  }

  /** @param {import("../../harness/producers.mjs").Logrtc} producer @param {number} perSecond */
  async #pace(producer, perSecond) {
    while (!this.#isStopped) {
      await producer.pace(perSecond / 2, perSecond);
      this.#logged += perSecond / 2;
    }
  }

  /** Returns how many entries there were. */
  async stop() {
    this.#isStopped = true;
    await this.#done;
    return this.#logged;
  }
}
