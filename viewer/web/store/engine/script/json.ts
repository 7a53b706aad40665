/**
 * Reads JSON over bytes as `JSON.parse` does, without making anything of it, and without recursion: `viewer/wasm/src/json.rs`
 * in JavaScript. Bytes that are no UTF-8 pass in strings.
 */

/** What a function returns in place of a position, at a fault. */
export const NONE = -1;

const TAB = 0x09;
export const LINE_END = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
export const QUOTE = 0x22;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
export const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const UPPER_E = 0x45;
const LOWER_E = 0x65;
export const LOWER_N = 0x6e;
const LOWER_U = 0x75;
export const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

const ESCAPES = new Set(Array.from('"\\/bfnrt', (character) => character.charCodeAt(0)));
const WORDS = new Map(
  ["true", "false", "null"].map((word) => [word.charCodeAt(0), new TextEncoder().encode(word)]),
);

/** Is told of every value: a string between its quotes, a number or a word. Returns whether to read on. */
export type Visit = (start: number, end: number, hasEscapes: boolean) => boolean;

export class Reader {
  /** These end with a line end: there every function returns `NONE`. */
  bytes = new Uint8Array([LINE_END]);
  visit: Visit | undefined;
  /** Of the last string that was read. */
  hasEscapes = false;
  /** Of the last key that was read. */
  keyStart = 0;
  keyEnd = 0;
  keyHasEscapes = false;
  /** Whether each open value is an object, in `skipValue`. */
  readonly #open: boolean[] = [];

  peek(at: number): number {
    return this.bytes[at] ?? LINE_END;
  }

  skipSpace(start: number): number {
    const { bytes } = this;
    let at = start;
    for (;;) {
      const byte = bytes[at];
      if (byte !== SPACE && byte !== TAB && byte !== RETURN) {
        return at;
      }
      at += 1;
    }
  }

  /** Reads a string from behind its quote. Returns where its closing quote stands. */
  string(start: number): number {
    const { bytes } = this;
    this.hasEscapes = false;
    let at = start;
    for (;;) {
      const byte = bytes[at] ?? LINE_END;
      if (byte === QUOTE) {
        return at;
      }
      if (byte === BACKSLASH) {
        this.hasEscapes = true;
        at = this.#escape(at + 1);
        if (at === NONE) {
          return NONE;
        }
      } else if (byte < SPACE) {
        return NONE;
      } else {
        at += 1;
      }
    }
  }

  /** Reads a key with its colon. Returns where its value begins. */
  key(at: number): number {
    if (this.peek(at) !== QUOTE) {
      return NONE;
    }
    const end = this.string(at + 1);
    if (end === NONE) {
      return NONE;
    }
    this.keyStart = at + 1;
    this.keyEnd = end;
    this.keyHasEscapes = this.hasEscapes;
    const colon = this.skipSpace(end + 1);
    return this.peek(colon) === COLON ? this.skipSpace(colon + 1) : NONE;
  }

  /** Where the first key of an object stands, from behind its brace; `NONE` if the object is empty. */
  firstKey(at: number): number {
    const key = this.skipSpace(at);
    return this.peek(key) === CLOSE_BRACE ? NONE : key;
  }

  /** From behind a value, where the next key stands; `NONE` at the end of the object, and at a fault. */
  nextKey(at: number): number {
    const comma = this.skipSpace(at);
    return this.peek(comma) === COMMA ? this.skipSpace(comma + 1) : NONE;
  }

  /** From behind the last value of an object, or behind its brace, the position behind its closing brace. */
  close(at: number): number {
    const brace = this.skipSpace(at);
    return this.peek(brace) === CLOSE_BRACE ? brace + 1 : NONE;
  }

  /** Reads a string, whose quote stands at `at`, and tells it. Returns where its closing quote stands. */
  stringValue(at: number): number {
    const end = this.string(at + 1);
    return end !== NONE && this.#tell(at + 1, end, this.hasEscapes) ? end : NONE;
  }

  /** Reads any value. Returns where it ends. */
  skipValue(start: number): number {
    const open = this.#open;
    open.length = 0;
    let at = start;
    for (;;) {
      const first = this.peek(at);
      if (first === OPEN_BRACE || first === OPEN_BRACKET) {
        const isObject = first === OPEN_BRACE;
        const inside = this.skipSpace(at + 1);
        if (this.peek(inside) === (isObject ? CLOSE_BRACE : CLOSE_BRACKET)) {
          at = inside + 1;
        } else {
          open.push(isObject);
          at = isObject ? this.key(inside) : inside;
          if (at === NONE) {
            return NONE;
          }
          continue;
        }
      } else if (first === QUOTE) {
        const end = this.stringValue(at);
        if (end === NONE) {
          return NONE;
        }
        at = end + 1;
      } else {
        const end = this.#scalar(at);
        if (end === NONE || !this.#tell(at, end, false)) {
          return NONE;
        }
        at = end;
      }
      at = this.#behindValue(at);
      if (at === NONE || open.length === 0) {
        return at;
      }
    }
  }

  /** Closes what is closed behind a value. Returns where the next value begins, or the end if nothing is open. */
  #behindValue(start: number): number {
    const open = this.#open;
    let at = start;
    while (open.length > 0) {
      const isObject = open[open.length - 1];
      at = this.skipSpace(at);
      const byte = this.peek(at);
      if (byte === COMMA) {
        at = this.skipSpace(at + 1);
        return isObject ? this.key(at) : at;
      }
      if (byte !== (isObject ? CLOSE_BRACE : CLOSE_BRACKET)) {
        return NONE;
      }
      open.pop();
      at += 1;
    }
    return at;
  }

  #tell(start: number, end: number, hasEscapes: boolean): boolean {
    return this.visit === undefined || this.visit(start, end, hasEscapes);
  }

  /** The end of an escape, from behind its backslash. */
  #escape(at: number): number {
    const byte = this.peek(at);
    if (byte === LOWER_U) {
      for (let digit = at + 1; digit < at + 5; digit += 1) {
        if (hexDigit(this.peek(digit)) === NONE) {
          return NONE;
        }
      }
      return at + 5;
    }
    return ESCAPES.has(byte) ? at + 1 : NONE;
  }

  #scalar(at: number): number {
    const word = WORDS.get(this.peek(at));
    if (word === undefined) {
      return this.#number(at);
    }
    return word.every((byte, index) => byte === this.peek(at + index)) ? at + word.length : NONE;
  }

  #number(start: number): number {
    let at = this.peek(start) === MINUS ? start + 1 : start;
    at = this.peek(at) === ZERO ? at + 1 : this.#digits(at);
    if (at !== NONE && this.peek(at) === DOT) {
      at = this.#digits(at + 1);
    }
    if (at !== NONE && (this.peek(at) === LOWER_E || this.peek(at) === UPPER_E)) {
      const sign = this.peek(at + 1);
      at = this.#digits(sign === PLUS || sign === MINUS ? at + 2 : at + 1);
    }
    return at;
  }

  /** The end of one digit or more. */
  #digits(start: number): number {
    let at = start;
    while (isDigit(this.peek(at))) {
      at += 1;
    }
    return at > start ? at : NONE;
  }
}

export function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

/** The value of a hexadecimal digit, or `NONE`. */
export function hexDigit(byte: number): number {
  if (isDigit(byte)) {
    return byte - ZERO;
  }
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : NONE;
}
