/** The log as the page holds it: takes entries in, puts them in order, keeps to its memory. No I/O, no clock. */

import type { Missing } from "../consumer/extension/account";
import { type Block, MAX_COUNT } from "./block";
import { type Body, seqAt } from "./body";
import type { Engine, Scan } from "./engine/engine";
import { Holdings } from "./holdings";
import { append, fill, hasRoom, type Line, open, SEAL_BYTES, seal } from "./intake";
import { type Counted, Order } from "./order";
import { Placing } from "./placing";
import { Producer } from "./producer";
import { type Counts, type ItemId, MALFORMED } from "./protocol";
import { Showing } from "./search/showing";
import { View } from "./search/view";
import { type Item, Sessions } from "./sessions";
import { Targets } from "./targets";
import { Texts } from "./texts";

/** A body that is longer is worth a block of its own; shorter ones wait for company. */
const OWN_BLOCK_BYTES = 16 * 1024;
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
  readonly #producers = new Map<string, Producer>();
  #maxBytes: number;
  readonly #counts = { received: 0, held: 0, dropped: 0, lost: 0, filtered: 0, malformed: 0, errors: 0 };
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
    this.#placing = new Placing({
      order: this.order,
      makeMark: (arrivalMs) => this.#makeRow({ kind: "live", producer: undefined }, arrivalMs),
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
    for (const { block, index: from, to } of this.order.runs(this.order.at(position, counted))) {
      if (counted === "all") {
        for (let index = from; index < to; index += 1) {
          yield { block, index };
        }
      } else {
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
      shown: this.order.total("shown") - this.#holdings.rows,
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

  /** Takes lines in. */
  take(body: Body): void {
    const { scan, fresh, frame, arrivalMs, session, seqs, bytes } = body;
    const producer = this.#producer(body.producer);
    const count = scan.count - fresh;
    if (count <= 0) {
      return;
    }
    this.#count(scan, fresh);
    if (frame !== undefined && fresh === 0 && count <= MAX_COUNT && bytes.length >= OWN_BLOCK_BYTES) {
      this.#seal(producer);
      const block = this.#holdings.make({ kind: "entries", producer, session, isFetched: false });
      block.seqs = seqs;
      block.arrivals = arrivalMs;
      fill(block, frame.data, frame.bodyStart, bytes, scan, this.targets);
      this.sessions.add(block);
      this.#grown(block, 0, body);
    } else {
      this.#gather(producer, body);
    }
    this.#keepToBounds();
  }

  /** Takes lines in that were brought back. Returns how many were not held yet. */
  takeFetched(body: Body): number {
    const { scan, session, seqs, arrivalMs, bytes } = body;
    if (session === undefined || seqs === undefined) {
      return 0;
    }
    const lines: Line[] = [];
    for (let index = 0; index < Math.min(scan.count, MAX_COUNT); index += 1) {
      const seq = seqAt(seqs, index);
      if (scan.levels[index] !== MALFORMED && this.sessions.find(session, seq) === undefined) {
        lines.push({ index, seq });
      }
    }
    if (lines.length > 0) {
      const producer = this.#producer(body.producer);
      const block = this.#holdings.make({ kind: "entries", producer, session, isFetched: true });
      open(block, scan);
      for (const line of lines) {
        append(block, bytes, scan, line, arrivalMs, this.targets);
      }
      seal(block);
      this.#counts.held += lines.length;
      this.view.admit(block);
      this.#placeFetched(block, session);
      this.sessions.add(block);
      this.#changed(block);
      this.#keepToBounds();
    }
    return lines.length;
  }

  /** Entries of a producer are missing. Numbers below `liveFrom` were there before its channel was. */
  takeGap(id: string, gap: Missing, liveFrom: number, arrivalMs: number): void {
    const producer = this.#producer(id);
    this.#counts.lost += gap.last - gap.first + 1;
    const isHistory = gap.first < liveFrom && !producer.isLive;
    if (isHistory && producer.keyMs === Number.NEGATIVE_INFINITY) {
      producer.gaps.push({ gap, arrivalMs });
    } else {
      this.#placeGap(producer, gap, isHistory, arrivalMs);
    }
  }

  /** The history of a producer is here as a whole. */
  endHistory(id: string): void {
    this.#placeGaps(this.#producer(id), false);
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

  #gather(producer: Producer, body: Body): void {
    const { scan, bytes, seqs, arrivalMs } = body;
    for (let start = body.fresh; start < scan.count; ) {
      const end = Math.min(scan.count, start + MAX_COUNT);
      const block = this.#openBlock(producer, body, end - start);
      const from = block.count;
      for (let index = start; index < end; index += 1) {
        const seq = seqs === undefined ? undefined : seqAt(seqs, index);
        append(block, bytes, scan, { index, seq }, arrivalMs, this.targets);
      }
      this.#grown(block, from, body);
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
    const block = this.#holdings.make({ kind: "entries", producer, session, isFetched: false });
    open(block, scan);
    producer.open = block;
    this.sessions.add(block);
    return block;
  }

  #seal(producer: Producer): void {
    const { open: block } = producer;
    producer.open = undefined;
    if (block !== undefined) {
      this.texts.forget(block);
      seal(block);
      this.#holdings.recount(block);
    }
  }

  /** A block has got the entries from `from` on: they get their place. */
  #grown(block: Block, from: number, { liveFrom, arrivalMs }: Body): void {
    const { producer, count } = block;
    if (producer === undefined) {
      return;
    }
    this.view.admit(block);
    const live = block.seqs === undefined ? from : Math.max(from, block.indexFrom(liveFrom));
    if (live > from) {
      this.#placeGaps(producer, true, block.columns().time(from));
      this.#placing.place(block, from, live, true, arrivalMs);
    }
    if (count > live) {
      this.#placeGaps(producer, false);
      this.#placing.place(block, live, count, false, arrivalMs);
    }
    this.#changed(block);
    const { mark } = this.#placing;
    if (mark !== undefined && mark.evaluated === 0 && this.#placing.hasHistory) {
      this.view.admit(mark);
      this.#changed(mark);
    }
  }

  #placeFetched(block: Block, session: string): void {
    for (let index = 0; index < block.count; index += 1) {
      const seq = block.seq(index) ?? 0;
      const before = this.sessions.before(session, seq);
      const behind = this.sessions.from(session, seq);
      const own = index > 0 ? { block, index: index - 1 } : undefined;
      const near = own !== undefined && (seqOf(before) ?? -1) < (seqOf(own) ?? 0) ? own : before;
      this.#placing.placeFetched(block, index, this.#place(near), this.#place(behind));
    }
  }

  #place(item: Item | undefined) {
    return item === undefined ? undefined : this.order.find(item.block, item.index);
  }

  /** Places the gaps that stand in front of everything else of a producer. */
  #placeGaps(producer: Producer, isHistory: boolean, timeMs = Number.NaN): void {
    const { gaps } = producer;
    producer.gaps = [];
    if (gaps.length > 0 && timeMs > producer.keyMs) {
      producer.keyMs = timeMs;
    }
    for (const { gap, arrivalMs } of gaps) {
      this.#placeGap(producer, gap, isHistory, arrivalMs);
    }
  }

  #placeGap(producer: Producer, gap: Missing, isHistory: boolean, arrivalMs: number): void {
    const block = this.#makeRow({ kind: "gap", producer, gap }, arrivalMs);
    this.#placing.place(block, 0, 1, isHistory, arrivalMs);
    this.#changed(block);
    this.#keepToBounds();
  }

  /** A row that is no entry. */
  #makeRow(
    parts: { kind: "gap" | "live"; producer: Producer | undefined; gap?: Missing },
    arrivalMs: number,
  ): Block {
    const block = this.#holdings.make({ ...parts, session: undefined, isFetched: false });
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
      this.#drop(oldest);
    }
  }

  #drop(block: Block): void {
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
      this.#counts.dropped += block.count;
    }
    this.#version += 1;
  }
}

function seqOf(item: Item | undefined): number | undefined {
  return item?.block.seq(item.index);
}
