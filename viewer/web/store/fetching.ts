/** Takes entries in that were brought back: those that are not held yet, each between its neighbours by number. */

import { type Block, MAX_COUNT } from "./block";
import { type Body, seqAt } from "./body";
import type { Holdings } from "./holdings";
import { append, type Line, open, seal } from "./intake";
import type { Order, Place } from "./order";
import type { Placing } from "./placing";
import type { Producer } from "./producer";
import { MALFORMED } from "./protocol";
import type { Item, Sessions } from "./sessions";
import type { Slabs } from "./slabs";
import type { Targets } from "./targets";

export interface FetchingParts {
  readonly holdings: Holdings;
  readonly sessions: Sessions;
  readonly order: Order;
  readonly placing: Placing;
  readonly targets: Targets;
  readonly slabs: Slabs;
  /** The block is there, and has no place yet. */
  readonly onMade: (block: Block) => void;
}

export class Fetching {
  readonly #parts: FetchingParts;

  constructor(parts: FetchingParts) {
    this.#parts = parts;
  }

  /** Returns the block of those that were not held yet; undefined if there are none. */
  take(producer: Producer, body: Body): Block | undefined {
    const { session, seqs, scan, bytes, arrivalMs } = body;
    if (session === undefined || seqs === undefined) {
      return undefined;
    }
    const lines: Line[] = [];
    for (let index = 0; index < Math.min(scan.count, MAX_COUNT); index += 1) {
      const seq = seqAt(seqs, index);
      if (scan.levels[index] !== MALFORMED && this.#parts.sessions.find(session, seq) === undefined) {
        lines.push({ index, seq });
      }
    }
    if (lines.length === 0) {
      return undefined;
    }
    const block = this.#parts.holdings.make({ kind: "entries", producer, session, isFetched: true });
    open(block, scan);
    for (const line of lines) {
      append(block, bytes, scan, line, arrivalMs, this.#parts.targets);
    }
    seal(block, this.#parts.slabs);
    this.#parts.onMade(block);
    this.#place(block, session);
    this.#parts.sessions.add(block);
    return block;
  }

  #place(block: Block, session: string): void {
    const { sessions, placing } = this.#parts;
    for (let index = 0; index < block.count; index += 1) {
      const seq = block.seq(index) ?? 0;
      const before = sessions.before(session, seq);
      const behind = sessions.from(session, seq);
      const own = index > 0 ? { block, index: index - 1 } : undefined;
      const near = own !== undefined && (seqOf(before) ?? -1) < (seqOf(own) ?? 0) ? own : before;
      placing.placeFetched(block, index, this.#placeOf(near), this.#placeOf(behind));
    }
  }

  #placeOf(item: Item | undefined): Place | undefined {
    return item === undefined ? undefined : this.#parts.order.find(item.block, item.index);
  }
}

function seqOf(item: Item | undefined): number | undefined {
  return item?.block.seq(item.index);
}
