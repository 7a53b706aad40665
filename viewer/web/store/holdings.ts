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

  /** Of the blocks alone. */
  get bytes(): number {
    return this.#bytes;
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
    const { bytes } = block;
    this.#bytes += bytes - block.countedBytes;
    block.countedBytes = bytes;
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
  }

  clear(): void {
    this.#blocks.clear();
    this.#bytes = 0;
  }
}
