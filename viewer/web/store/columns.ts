/**
 * The columns of a block in one piece of memory: 11 bytes an entry, 7 where none has a trace. Behind them there is room for the block's
 * text.
 */

import { MALFORMED } from "./protocol";
import type { Piece } from "./slabs";

/** The offset that stands for a timestamp that is none. */
const NO_TIME = -0x8000_0000;
/** Offsets that fit, from the block's own time. */
const MAX_OFFSET_MS = 0x7fff_ffff;

/** What a block's columns are like: fixed when they are laid out. */
export interface Shape {
  /** How many entries there is room for. */
  readonly capacity: number;
  /** What times are offsets from. */
  readonly baseMs: number;
  /** Whether times lie too far apart for that: they take 8 bytes. */
  readonly isWide: boolean;
  readonly hasTraces: boolean;
}

export class Columns {
  readonly #baseMs: number;
  readonly #times: Int32Array | Float64Array;
  readonly levels: Uint8Array;
  /** Of the dictionary. */
  readonly targets: Uint16Array;
  readonly #traces: Uint32Array | undefined;

  constructor({ buffer, offset }: Piece, { capacity, baseMs, isWide, hasTraces }: Shape) {
    this.#baseMs = baseMs;
    this.#times = isWide
      ? new Float64Array(buffer, offset, capacity)
      : new Int32Array(buffer, offset, capacity);
    let end = offset + this.#times.byteLength;
    this.#traces = hasTraces ? new Uint32Array(buffer, end, capacity) : undefined;
    end += this.#traces?.byteLength ?? 0;
    this.targets = new Uint16Array(buffer, end, capacity);
    end += this.targets.byteLength;
    this.levels = new Uint8Array(buffer, end, capacity);
  }

  static bytes({ capacity, isWide, hasTraces }: Shape): number {
    return capacity * ((isWide ? 8 : 4) + (hasTraces ? 4 : 0) + 3);
  }

  /** `NaN` for a timestamp that is none. */
  time(index: number): number {
    const time = this.#times[index];
    if (this.#times instanceof Float64Array) {
      return time ?? Number.NaN;
    }
    return time === undefined || time === NO_TIME ? Number.NaN : this.#baseMs + time;
  }

  setTime(index: number, ms: number): void {
    const isOffset = this.#times instanceof Int32Array;
    this.#times[index] = isOffset ? (Number.isNaN(ms) ? NO_TIME : ms - this.#baseMs) : ms;
  }

  trace(index: number): number {
    return this.#traces?.[index] ?? 0;
  }

  setTrace(index: number, trace: number): void {
    if (this.#traces !== undefined) {
      this.#traces[index] = trace;
    }
  }

  /** Those of the first `count` entries. */
  traces(count: number): Uint32Array {
    return this.#traces?.subarray(0, count) ?? new Uint32Array(count);
  }

  /** Takes over the first `count` entries of others. */
  copy(others: Columns, count: number): void {
    for (let index = 0; index < count; index += 1) {
      this.setTime(index, others.time(index));
      this.setTrace(index, others.trace(index));
    }
    this.targets.set(others.targets.subarray(0, count));
    this.levels.set(others.levels.subarray(0, count));
  }
}

/** Whether times fit as offsets from `baseMs`. */
export function fits(minMs: number, maxMs: number, baseMs: number): boolean {
  return !(minMs < baseMs - MAX_OFFSET_MS || maxMs > baseMs + MAX_OFFSET_MS);
}

export const LEVEL_COUNT = MALFORMED + 1;
