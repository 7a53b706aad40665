/**
 * Entries of one producer that came together, a gap, or the mark "live from here". The entries are held as bytes and columns
 * and never as objects; a block that is open takes in more of them.
 */

import type { Missing } from "../consumer/extension/account";
import type { Chunk } from "./chunk";
import { Columns, type Shape } from "./columns";
import type { Producer } from "./producer";
import { BLOCK_STRIDE, type ItemId } from "./protocol";
import { ownPiece, type Piece } from "./slabs";
import type { Steps } from "./steps";

/** What a block costs beside its piece of memory: measured in Chromium and in Node.js. */
export const BLOCK_OVERHEAD_BYTES = 640;

/** A block has at most so many entries: a run of it fits in 16 bits. */
export const MAX_COUNT = BLOCK_STRIDE - 1;

const NO_PIECE = ownPiece(0);

export interface BlockParts {
  readonly number: number;
  readonly kind: "entries" | "gap" | "live";
  readonly producer: Producer | undefined;
  readonly session: string | undefined;
  readonly isFetched: boolean;
  readonly gap?: Missing;
}

export class Block {
  readonly number: number;
  readonly kind: BlockParts["kind"];
  readonly producer: Producer | undefined;
  /** Of the entries' numbers. */
  readonly session: string | undefined;
  readonly isFetched: boolean;
  readonly gap: Missing | undefined;
  count = 0;
  /** A number less the index of its entry; one for all where there are no holes, none for a producer that does not number. */
  seqs: number | Steps | undefined;
  /** When entries came, in milliseconds since 1970. */
  arrivals: number | Steps = 0;
  /** The columns, and the compressed text behind them. */
  piece: Piece = NO_PIECE;
  shape: Shape = { capacity: 0, baseMs: 0, isWide: false, hasTraces: false };
  /** Where lines begin in the inflated text: behind the header of the frame. */
  bodyStart = 0;
  /** While the block is open: its lines, each with its line end. */
  text: Uint8Array | undefined;
  textLength = 0;
  /** Between which times its entries lie: `Infinity` and `-Infinity` while none has one. */
  minMs = Number.POSITIVE_INFINITY;
  maxMs = Number.NEGATIVE_INFINITY;
  /** How many entries have none. */
  timeless = 0;
  /** How many entries each level has. */
  readonly levels: number[] = [0, 0, 0, 0, 0];
  /** Where its runs are, in no order. */
  chunks: Chunk[] = [];
  /** What it was last counted with. */
  countedBytes = 0;
  countedEvaluated = 0;
  /** The entries before it have been looked at. */
  evaluated = 0;
  /** The indexes that the view passes, ascending; undefined if it passes all that were looked at. */
  matches: Uint16Array | undefined;
  #columns: Columns | undefined;

  constructor({ number, kind, producer, session, isFetched, gap }: BlockParts) {
    this.number = number;
    this.kind = kind;
    this.producer = producer;
    this.session = session;
    this.isFetched = isFetched;
    this.gap = gap;
  }

  get isOpen(): boolean {
    return this.text !== undefined;
  }

  get bytes(): number {
    const matches = this.matches?.byteLength ?? 0;
    const steps = stepsOf(this.seqs) + stepsOf(this.arrivals);
    return BLOCK_OVERHEAD_BYTES + this.piece.length + (this.text?.byteLength ?? 0) + matches + 16 * steps;
  }

  id(index: number): ItemId {
    return this.number * BLOCK_STRIDE + index;
  }

  columns(): Columns {
    if (!this.isOpen) {
      return new Columns(this.piece, this.shape);
    }
    // Those of an open block are asked for at every entry.
    this.#columns ??= new Columns(this.piece, this.shape);
    return this.#columns;
  }

  setColumns(piece: Piece, shape: Shape): void {
    this.piece = piece;
    this.shape = shape;
    this.#columns = undefined;
  }

  /** The compressed text. */
  data(): Uint8Array {
    const { buffer, offset, length } = this.piece;
    const start = Columns.bytes(this.shape);
    return new Uint8Array(buffer, offset + start, length - start);
  }

  seq(index: number): number | undefined {
    const { seqs } = this;
    return seqs === undefined ? undefined : index + (typeof seqs === "number" ? seqs : seqs.get(index));
  }

  arrivalMs(index: number): number {
    return typeof this.arrivals === "number" ? this.arrivals : this.arrivals.get(index);
  }

  /** The first index whose number is not below `seq`. */
  indexFrom(seq: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.seq(middle) ?? 0) < seq) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** How many of the entries before `index` the view passes. */
  rank(index: number): number {
    const { matches, evaluated } = this;
    return matches === undefined ? Math.min(index, evaluated) : lowerBound(matches, index);
  }

  /** The entry that `rank` others are before in the view. */
  select(rank: number): number {
    return this.matches === undefined ? rank : (this.matches[rank] ?? 0);
  }

  passes(index: number): boolean {
    return this.rank(index + 1) > this.rank(index);
  }
}

function stepsOf(value: number | Steps | undefined): number {
  return typeof value === "object" ? value.length : 0;
}

function lowerBound(sorted: Uint16Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
