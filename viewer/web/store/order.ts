/**
 * The order of the log: runs of consecutive entries of a block, kept in chunks. Appending costs the same however many there
 * are; a position is found by the sums of the chunks before it.
 */

import type { Block } from "./block";
import { CAPACITY, CHUNK_BYTES, Chunk, type Stretch } from "./chunk";

/** An entry in its place. */
export interface Place {
  readonly chunk: Chunk;
  readonly run: number;
  readonly index: number;
}

/** Entries to be put in a place. */
export interface Run extends Stretch {
  /** Whether they may be one run with what is in front of them, because their key follows from those of that. */
  readonly joins: boolean;
}

/** What of the order is counted: every row, or those that the view passes. */
export type Counted = "all" | "shown";

export class Order {
  readonly #chunks: Chunk[] = [];
  #dirty = 0;

  get bytes(): number {
    return this.#chunks.length * CHUNK_BYTES;
  }

  total(counted: Counted): number {
    this.#sum();
    const last = this.#chunks.at(-1);
    return last === undefined
      ? 0
      : counted === "all"
        ? last.rowsBefore + last.rows
        : last.shownBefore + last.shownRows;
  }

  chunks(): readonly Chunk[] {
    this.#sum();
    return this.#chunks;
  }

  /** How many gaps are in the row of a gap before them. */
  get joinedGaps(): number {
    return this.chunks().reduce((sum, { joinedGaps }) => sum + joinedGaps, 0);
  }

  /** Puts entries behind everything. */
  append(entries: Run): void {
    let chunk = this.#chunks.at(-1);
    const isJoined = chunk !== undefined && entries.joins && chunk.join(chunk.count - 1, entries);
    if (chunk === undefined || (!isJoined && chunk.count === CAPACITY)) {
      chunk = new Chunk();
      chunk.index = this.#chunks.length;
      this.#chunks.push(chunk);
    }
    if (!isJoined) {
      chunk.put(chunk.count, entries);
    }
    this.#changed(chunk);
  }

  /** Puts entries in front of the one at a place, or behind everything. */
  insert(place: Place | undefined, entries: Run): void {
    if (place === undefined) {
      this.append(entries);
      return;
    }
    let { chunk, run } = place;
    this.#changed(chunk);
    const isInside = place.index > (chunk.froms[run] ?? 0);
    if (!isInside && entries.joins && chunk.join(run - 1, entries)) {
      return;
    }
    const keyBehind = isInside ? this.keyAt(place) : 0;
    if (chunk.count + 2 > CAPACITY) {
      [chunk, run] = this.#split(chunk, run);
    }
    if (isInside) {
      chunk.cut(run, place.index, keyBehind);
      run += 1;
    }
    chunk.put(run, entries);
  }

  /** By what an entry is in its place: in the history never less than that of an entry before it. */
  keyAt({ chunk, run, index }: Place): number {
    let key = chunk.keys[run] ?? 0;
    const from = chunk.froms[run] ?? 0;
    const block = chunk.blocks[run];
    if (index > from && chunk.fixed[run] === 0 && block !== undefined) {
      const columns = block.columns();
      for (let each = from + 1; each <= index; each += 1) {
        key = later(key, columns.time(each));
      }
    }
    return key;
  }

  /** The first entry whose key is greater, and that key; of none if all are at most as great. */
  firstAbove(key: number): { readonly place: Place | undefined; readonly key: number } {
    const last = this.#lastUpTo(key);
    if (last === undefined) {
      return this.#start(this.#chunks[0], 0);
    }
    const { chunk, run } = last;
    const block = chunk.blocks[run];
    const [from, to] = [chunk.froms[run] ?? 0, chunk.tos[run] ?? 0];
    if (block !== undefined && to - from > 1 && chunk.fixed[run] === 0) {
      const columns = block.columns();
      let own = chunk.keys[run] ?? 0;
      for (let index = from + 1; index < to; index += 1) {
        own = later(own, columns.time(index));
        if (own > key) {
          return { place: { chunk, run, index }, key: own };
        }
      }
    }
    return run + 1 < chunk.count
      ? this.#start(chunk, run + 1)
      : this.#start(this.#chunks[this.#indexOf(chunk) + 1], 0);
  }

  /** Takes every run of a block out. */
  remove(block: Block): void {
    for (const chunk of block.chunks) {
      chunk.remove(block);
      if (chunk.count === 0) {
        this.#chunks.splice(this.#indexOf(chunk), 1);
      }
      this.#changed(chunk);
    }
    block.chunks = [];
  }

  clear(): void {
    this.#chunks.length = 0;
    this.#dirty = 0;
  }

  /** The row at a position; undefined behind the last one. */
  at(position: number, counted: Counted): Place | undefined {
    const total = this.total(counted);
    if (!(position >= 0 && position < total)) {
      return undefined;
    }
    const chunk = this.#chunkAt(position, counted);
    let rest = position - (counted === "all" ? chunk.rowsBefore : chunk.shownBefore);
    for (let run = 0; run < chunk.count; run += 1) {
      const from = chunk.froms[run] ?? 0;
      const rows = counted === "all" ? (chunk.tos[run] ?? 0) - from : (chunk.shown[run] ?? 0);
      if (rest < rows) {
        const block = chunk.blocks[run];
        const index =
          counted === "all" || block === undefined ? from + rest : block.select(block.rank(from) + rest);
        return { chunk, run, index };
      }
      rest -= rows;
    }
    return undefined;
  }

  /** Where an entry is; undefined if it is not held. */
  find(block: Block, index: number): Place | undefined {
    for (const chunk of block.chunks) {
      const run = chunk.runOf(block, index);
      if (run !== undefined) {
        return { chunk, run, index };
      }
    }
    return undefined;
  }

  /** The runs from a place on, with where to begin in each. */
  *runs(first: Place | undefined): Generator<Place & { readonly block: Block; readonly to: number }, void> {
    if (first === undefined) {
      return;
    }
    const chunks = this.chunks();
    for (let index = first.chunk.index; index < chunks.length; index += 1) {
      const chunk = chunks[index] as Chunk;
      const isFirst = chunk === first.chunk;
      for (let run = isFirst ? first.run : 0; run < chunk.count; run += 1) {
        const from = isFirst && run === first.run ? first.index : (chunk.froms[run] ?? 0);
        yield { chunk, run, index: from, block: chunk.blocks[run] as Block, to: chunk.tos[run] ?? 0 };
      }
    }
  }

  /** How many rows are before an entry. */
  position({ chunk, run, index }: Place, counted: Counted): number {
    this.#sum();
    let position = counted === "all" ? chunk.rowsBefore : chunk.shownBefore;
    for (let before = 0; before < run; before += 1) {
      const rows = (chunk.tos[before] ?? 0) - (chunk.froms[before] ?? 0);
      position += counted === "all" ? rows : (chunk.shown[before] ?? 0);
    }
    const block = chunk.blocks[run];
    const from = chunk.froms[run] ?? 0;
    return counted === "all" || block === undefined
      ? position + index - from
      : position + block.rank(index) - block.rank(from);
  }

  /** A block has been looked at again: its runs are counted anew. */
  update(block: Block): void {
    for (const chunk of block.chunks) {
      chunk.update(block);
      this.#changed(chunk);
    }
  }

  /** Every block is to be looked at anew. */
  updateAll(): void {
    for (const chunk of this.#chunks) {
      for (let run = 0; run < chunk.count; run += 1) {
        chunk.show(run);
      }
    }
    this.#dirty = 0;
  }

  #chunkAt(position: number, counted: Counted): Chunk {
    let low = 0;
    let high = this.#chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      const chunk = this.#chunks[middle];
      const before = (counted === "all" ? chunk?.rowsBefore : chunk?.shownBefore) ?? 0;
      if (before <= position) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return this.#chunks[low] as Chunk;
  }

  /** The last run whose key is not above `key`. */
  #lastUpTo(key: number): { readonly chunk: Chunk; readonly run: number } | undefined {
    const chunk =
      this.#chunks[countUpTo(this.#chunks.length, (index) => this.#chunks[index]?.keys[0], key) - 1];
    return chunk === undefined
      ? undefined
      : { chunk, run: countUpTo(chunk.count, (run) => chunk.keys[run], key) - 1 };
  }

  #start(chunk: Chunk | undefined, run: number): { place: Place | undefined; key: number } {
    return chunk === undefined
      ? { place: undefined, key: Number.POSITIVE_INFINITY }
      : { place: { chunk, run, index: chunk.froms[run] ?? 0 }, key: chunk.keys[run] ?? 0 };
  }

  #indexOf(chunk: Chunk): number {
    if (this.#chunks[chunk.index] !== chunk) {
      this.#sum();
    }
    return chunk.index;
  }

  /** Makes two chunks of a full one. Returns where its run `run` is now. */
  #split(chunk: Chunk, run: number): [Chunk, number] {
    const second = chunk.split();
    second.index = this.#indexOf(chunk) + 1;
    this.#chunks.splice(second.index, 0, second);
    this.#changed(chunk);
    return run < chunk.count ? [chunk, run] : [second, run - chunk.count];
  }

  /** Sums from this chunk on are to be made anew. */
  #changed(chunk: Chunk): void {
    this.#dirty = Math.min(this.#dirty, chunk.index);
  }

  #sum(): void {
    for (let index = this.#dirty; index < this.#chunks.length; index += 1) {
      const chunk = this.#chunks[index] as Chunk;
      const before = this.#chunks[index - 1];
      chunk.index = index;
      chunk.rowsBefore = before === undefined ? 0 : before.rowsBefore + before.rows;
      chunk.shownBefore = before === undefined ? 0 : before.shownBefore + before.shownRows;
      chunk.lastGap = chunk.joinGaps(before?.lastGap);
    }
    this.#dirty = this.#chunks.length;
  }
}

/** A key by a further time; one that is no time changes nothing. */
export function later(key: number, ms: number): number {
  return ms > key ? ms : key;
}

/** How many of the ascending keys are not above `key`. */
function countUpTo(length: number, keyOf: (index: number) => number | undefined, key: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keyOf(middle) ?? 0) <= key) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
