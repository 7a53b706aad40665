/** What the list shows: the newest entries, up to a limit, and the gaps between them. */

import type { Gap, Received } from "../consumer";

/** How many rows the page holds. */
export const CAPACITY = 100_000;

/** What one row of the list shows. */
export type Item = Received | Gap;

export function isGap(item: Item): item is Gap {
  return "reason" in item;
}

/**
 * A ring. Every item has a number, counted from 0 in arrival order, that it keeps for as long as it is held; those
 * that are held are `first` to `end`, without `end`.
 */
export class Store {
  readonly #capacity: number;
  readonly #ring: Item[] = [];
  #end = 0;
  #gaps = 0;
  #lost = 0;

  constructor(capacity = CAPACITY) {
    this.#capacity = capacity;
  }

  push(items: readonly Item[]): void {
    for (const item of items) {
      this.#ring[this.#end % this.#capacity] = item;
      this.#end += 1;
      if (isGap(item)) {
        this.#gaps += 1;
        this.#lost += item.last - item.first + 1;
      }
    }
  }

  /** How many entries there ever were. */
  get received(): number {
    return this.#end - this.#gaps;
  }

  /** How many entries the gaps stand for, of all that there ever were. */
  get lost(): number {
    return this.#lost;
  }

  /** The number of the oldest item that is held. */
  get first(): number {
    return Math.max(0, this.#end - this.#capacity);
  }

  /** The number that the next item will get: how many there ever were. */
  get end(): number {
    return this.#end;
  }

  /** How many are held. */
  get length(): number {
    return this.#end - this.first;
  }

  get(number: number): Item | undefined {
    return number >= this.first && number < this.#end ? this.#ring[number % this.#capacity] : undefined;
  }

  /** All that are held, in arrival order. */
  toArray(): Item[] {
    const split = this.#end > this.#capacity ? this.#end % this.#capacity : 0;
    return [...this.#ring.slice(split), ...this.#ring.slice(0, split)];
  }
}
