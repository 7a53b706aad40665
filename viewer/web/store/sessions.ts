/** Finds entries by their numbers. */

import type { Block } from "./block";

/** An entry of a block. */
export interface Item {
  readonly block: Block;
  readonly index: number;
}

interface Session {
  /** As they came: their numbers ascend. */
  readonly regular: Block[];
  /** Their numbers lie between those of others. */
  readonly fetched: Block[];
}

export class Sessions {
  readonly #sessions = new Map<string, Session>();

  add(block: Block): void {
    if (block.session !== undefined) {
      const session = this.#sessions.get(block.session) ?? { regular: [], fetched: [] };
      this.#sessions.set(block.session, session);
      (block.isFetched ? session.fetched : session.regular).push(block);
    }
  }

  remove(block: Block): void {
    const session = this.#sessions.get(block.session ?? "");
    if (session === undefined) {
      return;
    }
    const blocks = block.isFetched ? session.fetched : session.regular;
    const index = blocks.indexOf(block);
    if (index === 0) {
      blocks.shift();
    } else if (index > 0) {
      blocks.splice(index, 1);
    }
    if (session.regular.length + session.fetched.length === 0) {
      this.#sessions.delete(block.session ?? "");
    }
  }

  clear(): void {
    this.#sessions.clear();
  }

  /** The entry with this number, if it is held. */
  find(session: string, seq: number): Item | undefined {
    const item = this.from(session, seq);
    return item?.block.seq(item.index) === seq ? item : undefined;
  }

  /** The entry of the lowest number from `seq` on. */
  from(session: string, seq: number): Item | undefined {
    return this.#best(
      session,
      (block) => {
        const index = block.indexFrom(seq);
        return index < block.count ? index : undefined;
      },
      seq,
      -1,
    );
  }

  /** The entry of the highest number before `seq`. */
  before(session: string, seq: number): Item | undefined {
    return this.#best(
      session,
      (block) => {
        const index = block.indexFrom(seq) - 1;
        return index >= 0 ? index : undefined;
      },
      seq,
      1,
    );
  }

  /** Of the entries that `pick` finds in blocks, the one whose number is the greatest (`sign` 1) or the least (-1). */
  #best(id: string, pick: (block: Block) => number | undefined, seq: number, sign: 1 | -1): Item | undefined {
    const session = this.#sessions.get(id);
    if (session === undefined) {
      return undefined;
    }
    const near = blocksAround(session.regular, seq);
    let best: Item | undefined;
    let bestSeq = 0;
    for (const block of [...near, ...session.fetched]) {
      const index = pick(block);
      const found = index === undefined ? undefined : block.seq(index);
      if (
        index !== undefined &&
        found !== undefined &&
        (best === undefined || (found - bestSeq) * sign > 0)
      ) {
        best = { block, index };
        bestSeq = found;
      }
    }
    return best;
  }
}

/** Of blocks whose numbers ascend, those that may hold `seq` or be next to it. */
function blocksAround(blocks: readonly Block[], seq: number): Block[] {
  let low = 0;
  let high = blocks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((blocks[middle]?.seq(0) ?? 0) <= seq) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  // The one that begins at or before it, one more because it may end there, and the one behind.
  return blocks.slice(Math.max(0, low - 2), low + 1);
}
