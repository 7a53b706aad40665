/** The lines of a block while a query is evaluated on it: each is decoded and parsed at most once. */

import type { Engine } from "../engine/engine";
import { indexOfCsi } from "../engine/script/terminal";
import { isJsonObject, type JsonObject, parseJson } from "../json";
import { MALFORMED } from "../protocol";
import type { Mask } from "./mask";
import type { MatchBlock } from "./matcher";
import { MAX_LINE } from "./regex";

/** A line, by how its texts are written. */
const PLAIN = 0;
/** It has a backslash, or what begins a terminal code. */
const ESCAPED = 1;
/** It has characters as `\u0041` or `\/`, which others write as they are. */
const ODD = 2;

const LINE_END = 0x0a;
const BACKSLASH = 0x5c;
const ESC = 0x1b;
const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });

/** After so many lines, all of a block are decoded at once. */
const FEW_LINES = 8;

export class Lines {
  readonly block: MatchBlock;
  readonly #engine: Engine;
  #bytes: Uint8Array | undefined;
  /** Where each line ends, without its line end. */
  #ends: Uint32Array | undefined;
  #writing: Uint8Array | undefined;
  #all: string | undefined;
  /** Where each line ends in it. */
  #textEnds: Uint32Array | undefined;
  readonly #decoded = new Map<number, string>();
  readonly #quick = new Map<number, unknown>();
  readonly #exact = new Map<number, JsonObject | undefined>();

  constructor(block: MatchBlock, engine: Engine) {
    this.block = block;
    this.#engine = engine;
  }

  isMalformed(index: number): boolean {
    return this.block.levels[index] === MALFORMED;
  }

  text(index: number): string {
    const known = this.#decoded.get(index);
    if (known !== undefined) {
      return known;
    }
    const line =
      this.#decoded.size < FEW_LINES && this.#all === undefined ? this.#decode(index) : this.#cut(index);
    this.#decoded.set(index, line);
    return line;
  }

  /** All lines, each with its line end: what stands in line `index` begins at `startInAll(index)`. */
  all(): string {
    this.#all ??= DECODER.decode(this.#read());
    return this.#all;
  }

  startInAll(index: number): number {
    return index === 0 ? 0 : (this.#endsInAll()[index - 1] ?? 0) + 1;
  }

  /** What `JSON.parse` makes of a line that is not malformed: several times faster than `entry`, but for digits. */
  quick(index: number): unknown {
    if (!this.#quick.has(index)) {
      this.#quick.set(index, JSON.parse(this.text(index)));
    }
    return this.#quick.get(index);
  }

  /** Undefined for a malformed line. */
  entry(index: number): JsonObject | undefined {
    if (this.isMalformed(index)) {
      return undefined;
    }
    if (!this.#exact.has(index)) {
      const value = parseJson(this.text(index));
      this.#exact.set(index, isJsonObject(value) ? value : undefined);
    }
    return this.#exact.get(index);
  }

  /** Whether an expression that matches a value need not match the line. */
  isUnusual(index: number): boolean {
    const isLong = this.startInAll(index + 1) - this.startInAll(index) > MAX_LINE + 1;
    return isLong || !this.isPlain(index);
  }

  isPlain(index: number): boolean {
    return this.#writings()[index] === PLAIN;
  }

  isOdd(index: number): boolean {
    return this.#writings()[index] === ODD;
  }

  /** Lines that may hold a text in a value, compared without case: no other line does. */
  candidates(text: string): Mask {
    const hits = this.#engine.find(this.#read(), { text, ignoresCase: true });
    const mask = new Uint8Array(this.block.count);
    for (const index of hits) {
      mask[index] = 1;
    }
    if (this.#hasMalformed()) {
      // The engine takes the terminal codes of texts out, and not those of lines that are no JSON.
      for (let index = 0; index < mask.length; index += 1) {
        mask[index] ||= this.isMalformed(index) && !this.isPlain(index) ? 1 : 0;
      }
    }
    return mask;
  }

  #decode(index: number): string {
    const ends = this.#lineEnds();
    const start = index === 0 ? 0 : (ends[index - 1] ?? 0) + 1;
    return DECODER.decode(this.#read().subarray(start, ends[index]));
  }

  #cut(index: number): string {
    return this.all().slice(this.startInAll(index), this.#endsInAll()[index]);
  }

  #endsInAll(): Uint32Array {
    const all = this.all();
    this.#textEnds ??= findEnds(all.length, (from) => all.indexOf("\n", from), this.block.count);
    return this.#textEnds;
  }

  #hasMalformed(): boolean {
    return this.block.levels.includes(MALFORMED);
  }

  #read(): Uint8Array {
    if (this.#bytes === undefined || this.#bytes.length === 0) {
      // The engine's memory may have grown, which leaves views of it behind.
      this.#bytes = this.block.bytes();
    }
    return this.#bytes;
  }

  #lineEnds(): Uint32Array {
    const bytes = this.#read();
    this.#ends ??= findEnds(bytes.length, (from) => bytes.indexOf(LINE_END, from), this.block.count);
    return this.#ends;
  }

  #writings(): Uint8Array {
    this.#writing ??= findWritings(this.#read(), this.#lineEnds(), this.block.count, this.#hasMalformed());
    return this.#writing;
  }
}

/** Where lines end: `next` finds the line end from an offset on, or -1. */
function findEnds(length: number, next: (from: number) => number, count: number): Uint32Array {
  const ends = new Uint32Array(count);
  for (let [index, start] = [0, 0]; index < count; index += 1) {
    const end = next(start);
    ends[index] = end === -1 ? length : end;
    start = (ends[index] ?? 0) + 1;
  }
  return ends;
}

/** `hasEsc`: whether a line may have ESC itself, which JSON has to escape. */
function findWritings(bytes: Uint8Array, ends: Uint32Array, count: number, hasEsc: boolean): Uint8Array {
  const writings = new Uint8Array(count);
  const mark = (next: (from: number) => number) => {
    for (let [line, at] = [0, next(0)]; at !== -1 && line < count; line += 1) {
      const end = ends[line] ?? 0;
      if (end > at) {
        writings[line] = ESCAPED;
        at = next(end);
      }
    }
  };
  mark((from) => indexOfCsi(bytes, from));
  if (hasEsc) {
    mark((from) => bytes.indexOf(ESC, from));
  }
  let line = 0;
  for (let at = bytes.indexOf(BACKSLASH); at !== -1; ) {
    while (line < count && (ends[line] ?? 0) <= at) {
      line += 1;
    }
    if (line === count) {
      break;
    }
    const next = bytes[at + 1];
    if (next === 0x75 || next === 0x2f) {
      writings[line] = ODD;
      // Nothing more is to be known about this line.
      at = bytes.indexOf(BACKSLASH, ends[line]);
    } else {
      writings[line] = ESCAPED;
      at = bytes.indexOf(BACKSLASH, at + 2);
    }
  }
  return writings;
}
