/** Where entries are missing, there is a row that says so: behind those of its producer that came before. */

import type { Missing } from "../consumer/extension/account";
import type { Block } from "./block";
import type { Placing } from "./placing";
import type { Producer } from "./producer";

export interface GapsParts {
  readonly placing: Placing;
  readonly makeRow: (producer: Producer, gap: Missing, arrivalMs: number) => Block;
  readonly onPlaced: (row: Block) => void;
}

export class Gaps {
  readonly #parts: GapsParts;

  constructor(parts: GapsParts) {
    this.#parts = parts;
  }

  /** Numbers below `liveFrom` were there before the channel was. */
  take(producer: Producer, gap: Missing, liveFrom: number, arrivalMs: number): void {
    const isHistory = gap.first < liveFrom && !producer.isLive;
    if (isHistory && producer.keyMs === Number.NEGATIVE_INFINITY) {
      producer.gaps.push({ gap, arrivalMs });
    } else {
      this.#place(producer, gap, isHistory, arrivalMs);
    }
  }

  /** Places those that stand in front of everything else of a producer: entries of this time follow. */
  placeFirst(producer: Producer, isHistory: boolean, timeMs = Number.NaN): void {
    const { gaps } = producer;
    producer.gaps = [];
    if (gaps.length > 0 && timeMs > producer.keyMs) {
      producer.keyMs = timeMs;
    }
    for (const { gap, arrivalMs } of gaps) {
      this.#place(producer, gap, isHistory, arrivalMs);
    }
  }

  #place(producer: Producer, gap: Missing, isHistory: boolean, arrivalMs: number): void {
    const { placing, makeRow, onPlaced } = this.#parts;
    const row = makeRow(producer, gap, arrivalMs);
    placing.place(row, 0, 1, isHistory, arrivalMs);
    onPlaced(row);
  }
}
