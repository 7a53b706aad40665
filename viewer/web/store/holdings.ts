/** The blocks that are held, within a bound of bytes. */

import { Block, type BlockParts } from "./block";
import { BLOCK_STRIDE, type ItemId } from "./protocol";
import type { Item } from "./sessions";

export class Holdings {
  /** By their numbers, the oldest first. */
  readonly #blocks = new Map<number, Block>();
  #next = 1;
  #pinned: ReadonlySet<number> = new Set();
  #bytes = 0;
  #searched = 0;
  #rows = 0;
  #oldestMs = Number.POSITIVE_INFINITY;
  #newestMs = Number.NEGATIVE_INFINITY;
  /** Blocks that have gone since the times were found. */
  #removed = 0;

  /** Of the blocks alone. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many entries the query has looked at. */
  get searched(): number {
    return this.#searched;
  }

  /** How many gaps and marks the view passes. */
  get rows(): number {
    return this.#rows;
  }

  /** Between which times the entries lie. While blocks go, the times of the last few may stay. */
  times(): { readonly oldestMs: number | undefined; readonly newestMs: number | undefined } {
    if (this.#removed > this.#blocks.size / 64) {
      this.#removed = 0;
      [this.#oldestMs, this.#newestMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      for (const block of this.#blocks.values()) {
        this.#widen(block);
      }
    }
    return this.#oldestMs <= this.#newestMs
      ? { oldestMs: this.#oldestMs, newestMs: this.#newestMs }
      : { oldestMs: undefined, newestMs: undefined };
  }

  blocks(): Iterable<Block> {
    return this.#blocks.values();
  }

  make(parts: Omit<BlockParts, "number">): Block {
    const block = new Block({ ...parts, number: this.#next });
    this.#next += 1;
    this.#blocks.set(block.number, block);
    return block;
  }

  item(id: ItemId): Item | undefined {
    const block = this.#blocks.get(Math.floor(id / BLOCK_STRIDE));
    const index = id % BLOCK_STRIDE;
    return block !== undefined && index < block.count ? { block, index } : undefined;
  }

  /** A block has got more, or less. */
  recount(block: Block): void {
    if (this.#blocks.get(block.number) !== block) {
      // It has gone: the mark is known beyond that.
      return;
    }
    const { bytes } = block;
    this.#bytes += bytes - block.countedBytes;
    block.countedBytes = bytes;
    this.#countEvaluated(block, block.evaluated);
    this.#widen(block);
  }

  #widen({ minMs, maxMs }: Block): void {
    this.#oldestMs = minMs < this.#oldestMs ? minMs : this.#oldestMs;
    this.#newestMs = maxMs > this.#newestMs ? maxMs : this.#newestMs;
  }

  #countEvaluated(block: Block, evaluated: number): void {
    const more = evaluated - block.countedEvaluated;
    block.countedEvaluated = evaluated;
    if (block.kind === "entries") {
      this.#searched += more;
    } else {
      this.#rows += more;
    }
  }

  /** The blocks of these items stay. */
  pin(ids: readonly ItemId[]): void {
    this.#pinned = new Set(ids.map((id) => Math.floor(id / BLOCK_STRIDE)));
  }

  /** The oldest block that may go; never the last one. */
  oldest(): Block | undefined {
    let rest = this.#blocks.size;
    for (const block of this.#blocks.values()) {
      rest -= 1;
      if (rest > 0 && !this.#pinned.has(block.number)) {
        return block;
      }
    }
    return undefined;
  }

  remove(block: Block): void {
    this.#blocks.delete(block.number);
    this.#bytes -= block.countedBytes;
    this.#countEvaluated(block, 0);
    this.#removed += 1;
  }

  clear(): void {
    this.#blocks.clear();
    this.#bytes = this.#searched = this.#rows = this.#removed = 0;
    [this.#oldestMs, this.#newestMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  }
}
