/** Which lines hold a text in a value: `viewer/wasm/src/find.rs` in JavaScript. */

import type { PreparedNeedle } from "../needle";
import { EntryReader, equals } from "./entry";
import { unescapeInto } from "./escape";
import { LINE_END, NONE, Reader } from "./json";
import { Pattern } from "./pattern";
import { Places } from "./places";
import { hasCode, withoutCodes } from "./terminal";

/** Every byte, those of A to Z as their lower case. */
const LOWER = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte,
);

export class Finder {
  readonly #reader = new Reader();
  readonly #entry = new EntryReader(this.#reader);
  readonly #needle: PreparedNeedle;
  readonly #plain: Pattern;
  /** Undefined if it is no different. */
  readonly #escaped: Pattern | undefined;
  readonly #folds: readonly (readonly [Pattern, Uint8Array])[];
  /** Whether the needle has a terminal code: then it is searched in text as it was sent. */
  readonly #hasCode: boolean;
  #folded = new Uint8Array();
  #unescaped = new Uint8Array();
  /** Where the needle stands next, as it is: no value that ends before has it, unless by escapes. */
  #whole = 0;
  /** Whether the line has U+009B, which JSON need not escape. */
  #hasCsi = false;
  #isFound = false;

  constructor(needle: PreparedNeedle) {
    this.#needle = needle;
    this.#plain = new Pattern(needle.plain);
    const isSame = equals(needle.plain, 0, needle.plain.length, needle.escaped);
    this.#escaped = isSame ? undefined : new Pattern(needle.escaped);
    this.#folds = needle.folds.map(([from, to]) => [new Pattern(from), to]);
    this.#hasCode = hasCode(needle.plain);
    this.#reader.visit = (start, end, hasEscapes) => this.#visit(start, end, hasEscapes);
  }

  /** The indexes of the lines within the first `length` bytes of `padded`, which a line end follows, that have the needle. */
  find(padded: Uint8Array<ArrayBuffer>, length: number): Uint32Array {
    this.#reader.bytes = padded;
    const { ignoresCase, folds } = this.#needle;
    this.#folded = ignoresCase || folds.length > 0 ? this.#fold(padded.slice(), padded.length) : padded;
    if (this.#unescaped.length < padded.length) {
      this.#unescaped = new Uint8Array(padded.length);
    }
    const places = new Places(this.#folded.subarray(0, length), this.#plain, this.#escaped);
    const hits: number[] = [];
    let line = 0;
    let start = 0;
    while (start < length) {
      const place = places.first(start);
      if (place === NONE) {
        break;
      }
      let end = lineEnd(padded, start);
      while (end < place) {
        line += 1;
        start = end + 1;
        end = lineEnd(padded, start);
      }
      this.#whole = places.ofNeedle(start);
      const csi = places.ofCsi(start);
      this.#hasCsi = csi !== NONE && csi < end;
      if (this.#holds(start, end)) {
        hits.push(line);
      }
      line += 1;
      start = end + 1;
    }
    return Uint32Array.from(hits);
  }

  #holds(start: number, end: number): boolean {
    this.#isFound = false;
    const isEntry = this.#entry.read(start) !== NONE;
    return this.#isFound || (!isEntry && this.#plain.find(this.#folded, start, end) !== NONE);
  }

  /** Returns whether to read on. */
  #visit(start: number, end: number, hasEscapes: boolean): boolean {
    if (hasEscapes || this.#hasCsi) {
      const length = unescapeInto(this.#reader.bytes, start, end, this.#unescaped);
      const sent = this.#unescaped.subarray(0, length);
      const text = this.#hasCode ? sent : withoutCodes(sent);
      this.#isFound = this.#plain.find(this.#fold(text, text.length), 0, text.length) !== NONE;
    } else {
      this.#isFound =
        this.#whole !== NONE && end >= this.#whole && this.#plain.find(this.#folded, start, end) !== NONE;
    }
    return !this.#isFound;
  }

  /** Folds the first `length` bytes of `text`, in place. */
  #fold(text: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
    if (this.#needle.ignoresCase) {
      for (let at = 0; at < length; at += 1) {
        text[at] = LOWER[text[at] ?? 0] ?? 0;
      }
    }
    for (const [from, to] of this.#folds) {
      for (let at = from.find(text, 0, length); at !== NONE; at = from.find(text, at + to.length, length)) {
        text.set(to, at);
      }
    }
    return text;
  }
}

export function lineEnd(bytes: Uint8Array, start: number): number {
  const end = bytes.indexOf(LINE_END, start);
  return end === -1 ? bytes.length : end;
}
