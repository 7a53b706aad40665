/** Makes blocks of what producers send: a long body is one of its own, and short ones are gathered. */

import { type Block, MAX_COUNT } from "./block";
import { type Body, seqAt } from "./body";
import type { Holdings } from "./holdings";
import { append, fill, hasRoom, open, SEAL_BYTES, seal } from "./intake";
import type { Producer } from "./producer";
import type { Sessions } from "./sessions";
import type { Slabs } from "./slabs";
import type { Targets } from "./targets";
import type { Texts } from "./texts";

/** A body that is longer is worth a block of its own; shorter ones wait for company. */
const OWN_BLOCK_BYTES = 16 * 1024;

export interface GatheringParts {
  readonly holdings: Holdings;
  readonly sessions: Sessions;
  readonly targets: Targets;
  readonly slabs: Slabs;
  readonly texts: Texts;
  /** A block has got the entries from `from` on. */
  readonly onGrown: (block: Block, from: number, body: Body) => void;
}

export class Gathering {
  readonly #parts: GatheringParts;

  constructor(parts: GatheringParts) {
    this.#parts = parts;
  }

  /** Takes the lines of a body in, from the first that is new on. */
  take(producer: Producer, body: Body): void {
    const { scan, fresh, frame, bytes } = body;
    const isWhole = fresh === 0 && scan.count <= MAX_COUNT;
    if (frame !== undefined && isWhole && bytes.length >= OWN_BLOCK_BYTES) {
      this.#keep(producer, body, frame);
    } else {
      this.#gather(producer, body);
    }
  }

  #keep(producer: Producer, body: Body, { data, bodyStart }: NonNullable<Body["frame"]>): void {
    const { holdings, sessions, onGrown } = this.#parts;
    const { session, seqs, arrivalMs, bytes, scan } = body;
    this.#seal(producer);
    const block = holdings.make({ kind: "entries", producer, session, isFetched: false });
    block.seqs = seqs;
    block.arrivals = arrivalMs;
    fill(block, data, bodyStart, bytes, scan, this.#parts);
    sessions.add(block);
    onGrown(block, 0, body);
  }

  #gather(producer: Producer, body: Body): void {
    const { scan, bytes, seqs, arrivalMs } = body;
    for (let start = body.fresh; start < scan.count; ) {
      const end = Math.min(scan.count, start + MAX_COUNT);
      const block = this.#openBlock(producer, body, end - start);
      const from = block.count;
      for (let index = start; index < end; index += 1) {
        const seq = seqs === undefined ? undefined : seqAt(seqs, index);
        append(block, bytes, scan, { index, seq }, arrivalMs, this.#parts.targets);
      }
      this.#parts.onGrown(block, from, body);
      start = end;
    }
    if ((producer.open?.textLength ?? 0) >= SEAL_BYTES) {
      this.#seal(producer);
    }
  }

  /** The block that takes so many lines in. */
  #openBlock(producer: Producer, { scan, bytes, session }: Body, count: number): Block {
    const known = producer.open;
    if (known !== undefined && known.session === session && hasRoom(known, count, bytes.length, scan)) {
      return known;
    }
    this.#seal(producer);
    const block = this.#parts.holdings.make({ kind: "entries", producer, session, isFetched: false });
    open(block, scan);
    producer.open = block;
    this.#parts.sessions.add(block);
    return block;
  }

  #seal(producer: Producer): void {
    const { open: block } = producer;
    producer.open = undefined;
    if (block !== undefined) {
      this.#parts.texts.forget(block);
      seal(block, this.#parts.slabs);
      this.#parts.holdings.recount(block);
    }
  }
}
