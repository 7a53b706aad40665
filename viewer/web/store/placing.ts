/**
 * Where entries stand. What a producer held when its channel opened is the history, merged by timestamp over producers; from
 * the mark "live from here" on, entries stand as they came. Those of one producer are in its own order (`merge_keys.ts`).
 */

import type { Block } from "./block";
import { later, type Order, type Place } from "./order";
import type { Producer } from "./producer";

/** The key of what stands as it came. */
const LIVE = { key: Number.POSITIVE_INFINITY, isFixed: true } as const;

export interface PlacingParts {
  readonly order: Order;
  /** Makes the block of the mark. */
  readonly makeMark: (arrivalMs: number) => Block;
}

export class Placing {
  readonly #order: Order;
  readonly #makeMark: PlacingParts["makeMark"];
  #mark: Block | undefined;
  #hasHistory = false;

  constructor({ order, makeMark }: PlacingParts) {
    this.#order = order;
    this.#makeMark = makeMark;
  }

  /** The mark, once there is something behind it. */
  get mark(): Block | undefined {
    return this.#mark;
  }

  /** Whether there is, or was, something in front of the mark. */
  get hasHistory(): boolean {
    return this.#hasHistory;
  }

  /** Everything has been forgotten. */
  clear(): void {
    this.#mark = undefined;
    this.#hasHistory = false;
  }

  /** Places new entries of a producer. `keys`: those of entries that were there before its channel. */
  place(
    block: Block,
    from: number,
    to: number,
    keys: ArrayLike<number> | undefined,
    arrivalMs: number,
  ): void {
    const { producer } = block;
    if (producer === undefined) {
      return;
    }
    const start =
      keys === undefined || producer.isLive ? from : this.#placeHistory(producer, block, from, keys);
    if (start === to) {
      return;
    }
    producer.isLive = true;
    if (this.#mark === undefined) {
      this.#mark = this.#makeMark(arrivalMs);
      this.#order.append({ ...LIVE, block: this.#mark, from: 0, to: 1, joins: false });
    }
    this.#order.append({ ...LIVE, block, from: start, to, joins: true });
  }

  /** Returns the first that is not history, because it was logged when the mark was there. */
  #placeHistory(producer: Producer, block: Block, first: number, keys: ArrayLike<number>): number {
    const columns = block.kind === "entries" ? block.columns() : undefined;
    const markMs = this.#mark?.arrivalMs(0) ?? Number.POSITIVE_INFINITY;
    const keyOf = (index: number) => keys[index - first] ?? Number.NaN;
    // The order takes the times in a run for keys, unless the run has one for all: one whose time is later than its key begins
    // another run.
    const isAhead = (index: number) => (columns?.time(index) ?? Number.NaN) > keyOf(index);
    const to = first + keys.length;
    for (let from = first; from < to; ) {
      const key = keyOf(from);
      if (key > markMs) {
        return from;
      }
      const { place, key: keyBehind } = this.#order.firstAbove(key);
      const isFixed = isAhead(from) && !(keyOf(from + 1) > key);
      const follows = (index: number) => (isFixed ? keyOf(index) === key : !isAhead(index));
      let end = from + 1;
      while (end < to && keyOf(end) < keyBehind && keyOf(end) <= markMs && follows(end)) {
        end += 1;
      }
      this.#order.insert(place, { block, from, to: end, key, isFixed, joins: isFixed || !isAhead(from) });
      this.#hasHistory = true;
      producer.keyMs = keyOf(end - 1);
      producer.hasHistory = true;
      from = end;
    }
    return to;
  }

  /**
   * Places an entry that was fetched: between those of its producer that are next to it by number, in front of the first that
   * is later by its timestamp.
   */
  placeFetched(block: Block, index: number, before: Place | undefined, behind: Place | undefined): void {
    const order = this.#order;
    let low = before === undefined ? 0 : order.position(before, "all") + 1;
    let high = behind === undefined ? order.total("all") : order.position(behind, "all");
    const time = block.columns().time(index);
    while (low < high && !Number.isNaN(time)) {
      const middle = (low + high) >>> 1;
      if (this.#timeAt(middle) > time) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    const [front, place] = [order.at(low - 1, "all"), order.at(low, "all")];
    const frontKey = front === undefined ? Number.NEGATIVE_INFINITY : order.keyAt(front);
    const placeKey = place === undefined ? Number.POSITIVE_INFINITY : order.keyAt(place);
    const ownKey = later(frontKey, time);
    const key = Math.min(ownKey, placeKey);
    const isFixed = key === Number.POSITIVE_INFINITY || key !== ownKey;
    order.insert(place, { block, from: index, to: index + 1, key, isFixed, joins: true });
    this.#hasHistory ||= key !== Number.POSITIVE_INFINITY;
  }

  /** `NaN` for a row without a time. */
  #timeAt(position: number): number {
    const place = this.#order.at(position, "all");
    const block = place?.chunk.blocks[place.run];
    return place === undefined || block?.kind !== "entries" ? Number.NaN : block.columns().time(place.index);
  }
}
