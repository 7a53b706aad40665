/** The entries that are held: the newest, up to a limit. */

import type { Received } from "../consumer";

/** How many entries the page holds. */
export const CAPACITY = 100_000;

/**
 * A ring. Every entry has a number, counted from 0 in arrival order, that it keeps for as long as it is held; those
 * that are held are `first` to `end`, without `end`.
 */
export class Store {
  readonly #capacity: number;
  readonly #ring: Received[] = [];
  #end = 0;

  constructor(capacity = CAPACITY) {
    this.#capacity = capacity;
  }

  push(batch: readonly Received[]): void {
    for (const received of batch) {
      this.#ring[this.#end % this.#capacity] = received;
      this.#end += 1;
    }
  }

  /** The number of the oldest entry that is held. */
  get first(): number {
    return Math.max(0, this.#end - this.#capacity);
  }

  /** The number that the next entry will get: how many there ever were. */
  get end(): number {
    return this.#end;
  }

  /** How many are held. */
  get length(): number {
    return this.#end - this.first;
  }

  get(number: number): Received | undefined {
    return number >= this.first && number < this.#end ? this.#ring[number % this.#capacity] : undefined;
  }

  /** All that are held, in arrival order. */
  toArray(): Received[] {
    const split = this.#end > this.#capacity ? this.#end % this.#capacity : 0;
    return [...this.#ring.slice(split), ...this.#ring.slice(0, split)];
  }
}
