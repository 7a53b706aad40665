/** Numbered entries at a steady rate, until it is stopped. */

/** How often what is due is logged. */
const INTERVAL_MS = 8;

export class Steady {
  #producer;
  #perSecond;
  #from;
  #next;
  #since = performance.now();
  #isStopped = false;
  #done;

  /**
   * @param {import("./producer.mjs").Producer} producer
   * @param {number} from the number of the first entry
   * @param {number} perSecond
   */
  constructor(producer, from, perSecond) {
    this.#producer = producer;
    this.#perSecond = perSecond;
    this.#from = from;
    this.#next = from;
    this.#done = this.#run();
    // Whoever stops it learns of it.
    this.#done.catch(() => {});
  }

  async #run() {
    while (!this.#isStopped) {
      const due = this.#from + Math.floor(((performance.now() - this.#since) / 1e3) * this.#perSecond);
      if (due > this.#next) {
        await this.#producer.log(this.#next, due);
        this.#next = due;
      }
      await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
    }
  }

  /** Returns the number of the entry that would be the next, and how many a second there were. */
  async stop() {
    const seconds = (performance.now() - this.#since) / 1e3;
    this.#isStopped = true;
    await this.#done;
    return { next: this.#next, perSecond: (this.#next - this.#from) / seconds };
  }
}
