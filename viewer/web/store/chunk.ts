/** A stretch of the order of the log: runs of consecutive entries of a block, and how many rows they have. */

import type { Block } from "./block";
import { areOneGap } from "./gaps";

/** How many runs there is room for. */
export const CAPACITY = 512;

export const CHUNK_BYTES = CAPACITY * 23 + 600;

/** Consecutive entries of a block, by their indexes. */
export interface Stretch {
  readonly block: Block;
  readonly from: number;
  readonly to: number;
  /** The key of the first. */
  readonly key: number;
  /** Whether that is the key of all, whatever their times are. */
  readonly isFixed: boolean;
}

export class Chunk {
  /** How many runs it has. */
  count = 0;
  readonly blocks: Block[] = [];
  readonly froms = new Uint16Array(CAPACITY);
  readonly tos = new Uint16Array(CAPACITY);
  /** How many rows the run has in the view. */
  readonly shown = new Uint16Array(CAPACITY);
  /** By what the run's first entry was put in its place: a time in the history, `Infinity` behind it. */
  readonly keys = new Float64Array(CAPACITY);
  /** 1 if all entries of the run have its key. */
  readonly fixed = new Uint8Array(CAPACITY);
  rows = 0;
  shownRows = 0;
  /** How many runs are gaps, and how many of those are in the row of a gap before them. */
  #gaps = 0;
  joinedGaps = 0;
  /** Of the chunks before it, as of the last sums of the order. */
  index = 0;
  rowsBefore = 0;
  shownBefore = 0;
  /** The gap in the last row up to its end, if that is one. */
  lastGap: Block | undefined;

  /** Makes a stretch one run with the run in front of it, if it follows from that. Returns whether it does. */
  join(run: number, { block, from, to, key, isFixed }: Stretch): boolean {
    const isNext = this.blocks[run] === block && this.tos[run] === from;
    if (!isNext || (this.fixed[run] === 1) !== isFixed || (isFixed && this.keys[run] !== key)) {
      return false;
    }
    this.tos[run] = to;
    this.rows += to - from;
    this.show(run);
    return true;
  }

  /** Makes a stretch the run at `run`. There is room for it. */
  put(run: number, { block, from, to, key, isFixed }: Stretch): void {
    for (const column of this.#columns()) {
      column.copyWithin(run + 1, run, this.count);
    }
    this.blocks.splice(run, 0, block);
    this.froms[run] = from;
    this.tos[run] = to;
    this.shown[run] = 0;
    this.keys[run] = key;
    this.fixed[run] = isFixed ? 1 : 0;
    this.count += 1;
    if (!block.chunks.includes(this)) {
      block.chunks.push(this);
    }
    this.rows += to - from;
    this.#gaps += block.kind === "gap" ? 1 : 0;
    this.show(run);
  }

  /** Makes two runs of one, the second of which begins at `index`, and has this key. */
  cut(run: number, index: number, key: number): void {
    const block = this.blocks[run] as Block;
    const to = this.tos[run] ?? 0;
    this.tos[run] = index;
    this.rows += index - to;
    this.show(run);
    this.put(run + 1, { block, from: index, to, key, isFixed: this.fixed[run] === 1 });
  }

  /** Gives its second half to a new chunk. */
  split(): Chunk {
    const half = this.count >>> 1;
    const second = new Chunk();
    const [own, others] = [this.#columns(), second.#columns()];
    for (const [index, column] of others.entries()) {
      column.set(own[index]?.subarray(half, this.count) ?? []);
    }
    second.blocks.push(...this.blocks.splice(half));
    second.count = this.count - half;
    this.count = half;
    for (let index = 0; index < second.count; index += 1) {
      second.rows += (second.tos[index] ?? 0) - (second.froms[index] ?? 0);
      second.shownRows += second.shown[index] ?? 0;
      second.#gaps += second.blocks[index]?.kind === "gap" ? 1 : 0;
    }
    this.#gaps -= second.#gaps;
    this.rows -= second.rows;
    this.shownRows -= second.shownRows;
    const staying = new Set(this.blocks);
    for (const block of new Set(second.blocks)) {
      block.chunks = [...block.chunks.filter((each) => each !== this || staying.has(block)), second];
    }
    return second;
  }

  /** Takes every run of a block out. */
  remove(block: Block): void {
    let kept = 0;
    for (let run = 0; run < this.count; run += 1) {
      if (this.blocks[run] === block) {
        this.shownRows -= this.shown[run] ?? 0;
        this.rows += (this.froms[run] ?? 0) - (this.tos[run] ?? 0);
        this.#gaps -= block.kind === "gap" ? 1 : 0;
      } else {
        this.#move(run, kept);
        kept += 1;
      }
    }
    this.count = kept;
    this.blocks.length = kept;
  }

  /** The run that an entry is in; undefined if it is in none. */
  runOf(block: Block, index: number): number | undefined {
    for (let run = 0; run < this.count; run += 1) {
      if (this.blocks[run] === block && index >= (this.froms[run] ?? 0) && index < (this.tos[run] ?? 0)) {
        return run;
      }
    }
    return undefined;
  }

  /** A block has been looked at again. */
  update(block: Block): void {
    for (let run = 0; run < this.count; run += 1) {
      if (this.blocks[run] === block) {
        this.show(run);
      }
    }
  }

  /** Counts what the view passes of a run. */
  show(run: number): void {
    const block = this.blocks[run] as Block;
    const shown = block.rank(this.tos[run] ?? 0) - block.rank(this.froms[run] ?? 0);
    this.shownRows += shown - (this.shown[run] ?? 0);
    this.shown[run] = shown;
  }

  /**
   * Makes one row of gaps that belong together, if no other row is between them: that of the first. `before` is the gap in the
   * last row of the chunks before. Returns the one in the last row of this chunk, or `before` if the chunk has no row.
   */
  joinGaps(before: Block | undefined): Block | undefined {
    this.joinedGaps = 0;
    if (this.#gaps === 0) {
      return this.shownRows === 0 ? before : undefined;
    }
    let last = before;
    for (let run = 0; run < this.count; run += 1) {
      const block = this.blocks[run] as Block;
      if (block.kind !== "gap") {
        last = (this.shown[run] ?? 0) > 0 ? undefined : last;
        continue;
      }
      this.show(run);
      if (this.shown[run] === 0) {
        continue;
      }
      if (last !== undefined && areOneGap(last, block)) {
        this.shown[run] = 0;
        this.shownRows -= 1;
        this.joinedGaps += 1;
      }
      last = block;
    }
    return last;
  }

  #columns() {
    return [this.froms, this.tos, this.shown, this.keys, this.fixed] as const;
  }

  #move(from: number, to: number): void {
    if (from !== to) {
      this.blocks[to] = this.blocks[from] as Block;
      for (const column of this.#columns()) {
        column[to] = column[from] ?? 0;
      }
    }
  }
}
