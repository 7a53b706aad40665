/**
 * Where entries are missing, there is a row that says so: behind those of its producer that came before. A program that logs
 * more than its connection carries has a gap behind every few entries: where the view passes none of these, the gaps are one
 * row.
 */

import type { Missing } from "../consumer/extension/account";
import type { Block } from "./block";
import type { Order, Place } from "./order";
import type { Placing } from "./placing";
import type { Producer } from "./producer";

/** A gap in the numbers of a session. */
export interface SessionGap extends Missing {
  readonly session: string | undefined;
}

/** Gaps that are one row. */
export interface JoinedGaps {
  /** The first and the last number that is missing. */
  readonly first: number;
  readonly last: number;
  /** How many numbers are missing between these. */
  readonly missing: number;
}

/** Whether two gaps, the first of which stands before the other one, are one row if no row is between them. */
export function areOneGap(before: Block, block: Block): boolean {
  return (
    before.producer === block.producer &&
    before.session === block.session &&
    before.gap !== undefined &&
    block.gap !== undefined &&
    before.gap.reason === block.gap.reason &&
    before.gap.last < block.gap.first
  );
}

/** The gaps that are in the row of the one at a place, with itself. */
export function joinedGaps(order: Order, place: Place): JoinedGaps {
  let joined: JoinedGaps = { first: 0, last: 0, missing: 0 };
  let before: Block | undefined;
  for (const { chunk, run, block } of order.runs(place)) {
    if (before !== undefined && (chunk.shown[run] ?? 0) > 0) {
      break;
    }
    const { gap } = block;
    const isOne = before === undefined || (block.evaluated > 0 && areOneGap(before, block));
    if (gap !== undefined && isOne) {
      const first = before === undefined ? gap.first : joined.first;
      joined = { first, last: gap.last, missing: joined.missing + gap.last - gap.first + 1 };
      before = block;
    }
  }
  return joined;
}

export interface GapsParts {
  readonly placing: Placing;
  readonly makeRow: (producer: Producer, gap: SessionGap, arrivalMs: number) => Block;
  readonly onPlaced: (row: Block) => void;
}

export class Gaps {
  readonly #parts: GapsParts;

  constructor(parts: GapsParts) {
    this.#parts = parts;
  }

  /** Numbers below `liveFrom` were there before the channel was. */
  take(producer: Producer, gap: SessionGap, liveFrom: number, arrivalMs: number): void {
    const isHistory = gap.first < liveFrom && !producer.isLive;
    if (isHistory && !producer.hasHistory) {
      producer.gaps.push({ gap, arrivalMs });
    } else {
      this.#place(producer, gap, isHistory, arrivalMs);
    }
  }

  /** Places those that stand in front of everything else of a producer: an entry of this key follows. */
  placeFirst(producer: Producer, isHistory: boolean, keyMs = producer.keyMs): void {
    const { gaps } = producer;
    producer.gaps = [];
    if (gaps.length > 0) {
      producer.keyMs = keyMs;
    }
    for (const { gap, arrivalMs } of gaps) {
      this.#place(producer, gap, isHistory, arrivalMs);
    }
  }

  #place(producer: Producer, gap: SessionGap, isHistory: boolean, arrivalMs: number): void {
    const { placing, makeRow, onPlaced } = this.#parts;
    const row = makeRow(producer, gap, arrivalMs);
    placing.place(row, 0, 1, isHistory ? [producer.keyMs] : undefined, arrivalMs);
    onPlaced(row);
  }
}
