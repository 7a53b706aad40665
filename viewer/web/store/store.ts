/** The log as the page holds it: takes entries in, puts them in order, keeps to its memory. No I/O, no clock. */

import type { Block } from "./block";
import { type Body, seqAt } from "./body";
import type { Engine, Scan } from "./engine/engine";
import { Fetching } from "./fetching";
import { Gaps, type SessionGap } from "./gaps";
import { Gathering } from "./gathering";
import { Holdings } from "./holdings";
import { mergeKeys } from "./merge_keys";
import { type Counted, Order } from "./order";
import type { Pace } from "./pace";
import { Placing } from "./placing";
import { Producer } from "./producer";
import { type Counts, type ItemId, MALFORMED } from "./protocol";
import { Showing } from "./search/showing";
import { View } from "./search/view";
import { type Item, Sessions } from "./sessions";
import { Slabs } from "./slabs";
import { Targets } from "./targets";
import { Texts } from "./texts";

const ERROR = 3;

export class Store {
  readonly engine: Engine;
  readonly texts: Texts;
  readonly targets = new Targets();
  readonly order = new Order();
  readonly sessions = new Sessions();
  readonly view: View;
  readonly showing: Showing;
  readonly #holdings = new Holdings();
  readonly #placing: Placing;
  readonly #gathering: Gathering;
  readonly #fetching: Fetching;
  readonly #gaps: Gaps;
  readonly #producers = new Map<string, Producer>();
  #maxBytes: number;
  readonly #counts = {
    received: 0,
    held: 0,
    dropped: 0,
    lost: 0,
    filtered: 0,
    malformed: 0,
    errors: 0,
    fetched: 0,
  };
  #version = 0;

  constructor(engine: Engine, maxBytes: number) {
    this.engine = engine;
    this.#maxBytes = maxBytes;
    this.texts = new Texts(engine);
    this.view = new View({
      engine,
      texts: this.texts,
      targets: this.targets,
      isMarkShown: () => this.#placing.hasHistory,
      blocks: () => this.blocks(),
      onEvaluated: (block) => this.#changed(block),
      onSwitched: () => this.#switched(),
    });
    this.showing = new Showing({
      view: this.view,
      onChanged: () => {
        this.#version += 1;
      },
    });
    const { order, sessions, targets, texts } = this;
    const holdings = this.#holdings;
    const slabs = new Slabs();
    const placing = new Placing({
      order,
      makeMark: (arrivalMs) => this.#makeRow({ kind: "live", producer: undefined }, arrivalMs),
    });
    this.#placing = placing;
    this.#gathering = new Gathering({
      ...{ holdings, sessions, targets, slabs, texts },
      onGrown: (block, from, body) => this.#grown(block, from, body),
    });
    this.#fetching = new Fetching({
      ...{ holdings, sessions, order, placing, targets, slabs },
      onMade: (block) => this.view.admit(block),
    });
    this.#gaps = new Gaps({
      placing,
      makeRow: (producer, gap, arrivalMs) => this.#makeRow({ kind: "gap", producer, gap }, arrivalMs),
      onPlaced: (row) => this.#changed(row),
    });
  }

  /** Is another one whenever anything has changed. */
  get version(): number {
    return this.#version;
  }

  /** The blocks that are held, the oldest first. */
  blocks(): Iterable<Block> {
    return this.#holdings.blocks();
  }

  /** Rows in their order, from a position on. */
  *items(counted: Counted, position = 0): Generator<Item, void> {
    for (const { chunk, run, block, index: from, to } of this.order.runs(this.order.at(position, counted))) {
      if (counted === "all") {
        for (let index = from; index < to; index += 1) {
          yield { block, index };
        }
      } else if ((chunk.shown[run] ?? 0) > 0) {
        const end = block.rank(to);
        for (let rank = block.rank(from); rank < end; rank += 1) {
          yield { block, index: block.select(rank) };
        }
      }
    }
  }

  item(id: ItemId): Item | undefined {
    return this.#holdings.item(id);
  }

  counts(): Counts {
    return {
      ...this.#counts,
      searched: this.#holdings.searched,
      shown: this.order.total("shown") + this.order.joinedGaps - this.#holdings.rows,
      bytes: this.#bytes,
      maxBytes: this.#maxBytes,
      ...this.#holdings.times(),
    };
  }

  /** By which names a query may call a producer. */
  nameProducer(id: string, names: readonly string[]): void {
    const producer = this.#producer(id);
    const known = [...new Set([id, ...names])];
    if (String(known) !== String(producer.names)) {
      producer.names = known;
      this.showing.renameProducers();
    }
  }

  knows(producer: string): boolean {
    return this.#producers.has(producer);
  }

  /** Of a producer that has, or had, a channel. */
  paceOf(producer: string): Pace {
    return this.#producer(producer).pace;
  }

  /** Of all producers that are known. */
  producers(): Iterable<Producer> {
    return this.#producers.values();
  }

  /** Takes lines in. */
  take(body: Body): void {
    const { scan, fresh } = body;
    const producer = this.#producer(body.producer);
    if (scan.count > fresh) {
      this.#count(scan, fresh);
      this.#gathering.take(producer, body);
      this.#keepToBounds();
    }
  }

  /** Takes lines in that were brought back. Returns how many were not held yet. */
  takeFetched(body: Body): number {
    const block = this.#fetching.take(this.#producer(body.producer), body);
    if (block === undefined) {
      return 0;
    }
    const { count } = block;
    this.#counts.held += count;
    this.#counts.fetched += count;
    this.#changed(block);
    this.#keepToBounds();
    return count;
  }

  /** Entries of a producer are missing. Numbers below `liveFrom` were there before its channel was. */
  takeGap(id: string, gap: SessionGap, liveFrom: number, arrivalMs: number): void {
    this.#counts.lost += gap.last - gap.first + 1;
    this.#gaps.take(this.#producer(id), gap, liveFrom, arrivalMs);
    this.#keepToBounds();
  }

  /** The history of a producer is here as a whole. */
  endHistory(id: string): void {
    this.#gaps.placeFirst(this.#producer(id), false);
    this.#keepToBounds();
  }

  countFiltered(count: number): void {
    this.#counts.filtered += count;
    this.#version += 1;
  }

  /** A message could not be read. */
  countMalformed(): void {
    this.#counts.malformed += 1;
    this.#version += 1;
  }

  setMaxBytes(maxBytes: number): void {
    this.#maxBytes = maxBytes;
    this.#keepToBounds();
    this.#version += 1;
  }

  /** The blocks of these items stay. */
  pin(ids: readonly ItemId[]): void {
    this.#holdings.pin(ids);
    this.#keepToBounds();
  }

  /** Forgets a producer and its entries. */
  forget(id: string): void {
    for (const block of [...this.blocks()]) {
      if (block.producer?.id === id) {
        this.#remove(block);
      }
    }
    this.#producers.delete(id);
  }

  /** Forgets everything that is held. */
  clear(): void {
    for (const producer of this.#producers.values()) {
      producer.open = undefined;
      producer.gaps = [];
    }
    for (const block of this.blocks()) {
      this.view.forget(block);
    }
    this.order.clear();
    this.sessions.clear();
    this.texts.clear();
    this.#placing.clear();
    this.#holdings.clear();
    this.#counts.held = 0;
    this.#version += 1;
  }

  get #bytes(): number {
    return this.#holdings.bytes + this.order.bytes + this.targets.bytes + this.texts.bytes;
  }

  #producer(id: string): Producer {
    const producer = this.#producers.get(id) ?? new Producer(id);
    this.#producers.set(id, producer);
    return producer;
  }

  /** Counts lines from `fresh` on. */
  #count({ levels, count }: Scan, fresh: number): void {
    this.#counts.received += count - fresh;
    this.#counts.held += count - fresh;
    for (let index = fresh; index < count; index += 1) {
      this.#counts.errors += levels[index] === ERROR ? 1 : 0;
      this.#counts.malformed += levels[index] === MALFORMED ? 1 : 0;
    }
  }

  /** A block has got the entries from `from` on: they get their place. */
  #grown(block: Block, from: number, { liveFrom, endsHistory, arrivalMs, seqs = 0, scan }: Body): void {
    const { producer, count } = block;
    if (producer === undefined) {
      return;
    }
    this.view.admit(block);
    const live = block.seqs === undefined ? from : Math.max(from, block.indexFrom(liveFrom));
    if (live > from) {
      // A long body is several parts.
      const isLast = endsHistory && block.seq(count - 1) === seqAt(seqs, scan.count - 1);
      const part = { times: block.columns(), from, to: live, arrivalMs, isLast };
      const { keys, recentMs } = mergeKeys(part, producer);
      producer.recentMs = recentMs;
      this.#gaps.placeFirst(producer, true, keys[0]);
      this.#placing.place(block, from, live, keys, arrivalMs);
    }
    if (count > live) {
      this.#gaps.placeFirst(producer, false);
      this.#placing.place(block, live, count, undefined, arrivalMs);
    }
    this.#changed(block);
    const { mark } = this.#placing;
    if (mark !== undefined && mark.evaluated === 0 && this.#placing.hasHistory) {
      this.view.admit(mark);
      this.#changed(mark);
    }
  }

  /** A row that is no entry. */
  #makeRow(
    parts: { kind: "gap" | "live"; producer: Producer | undefined; gap?: SessionGap },
    arrivalMs: number,
  ): Block {
    const block = this.#holdings.make({ ...parts, session: parts.gap?.session, isFetched: false });
    block.arrivals = arrivalMs;
    block.count = 1;
    this.view.admit(block);
    this.#holdings.recount(block);
    return block;
  }

  #changed(block: Block): void {
    this.order.update(block);
    this.#holdings.recount(block);
    this.#version += 1;
  }

  /** The view is by another filter. */
  #switched(): void {
    this.order.updateAll();
    for (const block of this.blocks()) {
      this.#holdings.recount(block);
    }
    this.#version += 1;
  }

  #keepToBounds(): void {
    while (this.#bytes > this.#maxBytes) {
      const oldest = this.#holdings.oldest();
      if (oldest === undefined) {
        return;
      }
      this.#counts.dropped += oldest.kind === "entries" ? oldest.count : 0;
      this.#remove(oldest);
    }
  }

  #remove(block: Block): void {
    if (block.producer?.open === block) {
      block.producer.open = undefined;
    }
    this.order.remove(block);
    this.sessions.remove(block);
    this.texts.forget(block);
    this.view.forget(block);
    this.#holdings.remove(block);
    if (block.kind === "entries") {
      this.#counts.held -= block.count;
    }
    this.#version += 1;
  }
}
