/** A search for bytes, by Horspool's method: it skips as far as the last byte under the pattern allows. */

import { NONE } from "./json";

export class Pattern {
  readonly #bytes: Uint8Array;
  readonly #skips: Uint32Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#skips = new Uint32Array(256).fill(bytes.length);
    bytes.subarray(0, -1).forEach((byte, index) => {
      this.#skips[byte] = bytes.length - 1 - index;
    });
  }

  /** Where the pattern stands first, whole, between `start` and `end`; `NONE` if it does not. */
  find(text: Uint8Array, start: number, end: number): number {
    const bytes = this.#bytes;
    const last = bytes.length - 1;
    if (last === -1) {
      return start <= end ? start : NONE;
    }
    const final = bytes[last];
    for (let at = start; at + last < end; ) {
      const byte = text[at + last] ?? 0;
      if (byte === final && this.#isAt(text, at)) {
        return at;
      }
      at += this.#skips[byte] ?? 1;
    }
    return NONE;
  }

  #isAt(text: Uint8Array, at: number): boolean {
    const bytes = this.#bytes;
    for (let index = bytes.length - 2; index >= 0; index -= 1) {
      if (text[at + index] !== bytes[index]) {
        return false;
      }
    }
    return true;
  }
}
