/**
 * A filter that is tried on the newest blocks before the list shows it: so the rows of the one before stay until there are
 * others, and a filter that finds no end is never shown. While no searcher has begun, one that has an end in any case is tried
 * by the store itself.
 */

import type { Block } from "../block";
import type { Filter } from "../query/filter";

/** As many rows fill a screen. */
const SCREEN_ROWS = 64;
/** After so many blocks a single row is enough. */
const FEW_BLOCKS = 24;
/** After so many blocks there is none to wait for: the reader sees how far the search is. */
const MANY_BLOCKS = 2_000;

/** What a filter passes of the first `count` entries of a block. */
export interface Found {
  readonly count: number;
  readonly indexes: Uint16Array;
}

/** What became of a probe. */
export type Outcome = "shown" | "replaced" | "slow";

export class Probe {
  readonly filter: Filter;
  readonly end: (outcome: Outcome) => void;
  readonly #found = new Map<Block, Found>();
  /** The next one last. */
  readonly #blocks: Block[];
  #rows = 0;
  /** How many blocks have been handed out and are not back. */
  #out = 0;

  constructor(filter: Filter, blocks: Iterable<Block>, end: (outcome: Outcome) => void) {
    this.filter = filter;
    this.end = end;
    this.#blocks = [...blocks].filter((block) => block.kind === "entries" && !filter.excludes(block));
  }

  /** Whether the store may look at the next block by itself. */
  get isForStore(): boolean {
    return !this.filter.hasExpression && this.#blocks.length > 0 && this.#found.size < FEW_BLOCKS;
  }

  /** The newest block that has not been looked at. */
  next(): Block | undefined {
    const block = this.#blocks.pop();
    this.#out += block === undefined ? 0 : 1;
    return block;
  }

  giveBack(block: Block): void {
    this.#blocks.push(block);
    this.#out -= 1;
  }

  take(block: Block, found: Found): void {
    this.#out -= 1;
    this.#found.set(block, found);
    this.#rows += found.indexes.length;
  }

  found(block: Block): Found | undefined {
    return this.#found.get(block);
  }

  /** Whether the list can show what has been found. */
  get isRipe(): boolean {
    const looked = this.#found.size;
    return (
      this.#blocks.length + this.#out === 0 ||
      this.#rows >= SCREEN_ROWS ||
      (this.#rows > 0 && looked >= FEW_BLOCKS) ||
      looked >= MANY_BLOCKS
    );
  }
}
