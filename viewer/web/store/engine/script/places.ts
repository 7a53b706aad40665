/**
 * Where a line may hold the needle: where the needle stands as it is, or as JSON writes it, and where an escape stands that
 * need not be written as one, or U+009B.
 */

import { BACKSLASH, NONE } from "./json";
import type { Pattern } from "./pattern";
import { indexOfCsi } from "./terminal";

const ZERO = 0x30;
const ONE = 0x31;
const SOLIDUS = 0x2f;
const LOWER_U = 0x75;
const LOWER_B = 0x62;
const UPPER_B = 0x42;
/** The last digits of control characters that have a shorter escape, in both cases. */
const SHORTER = new Set(Array.from("89aAcCdD", (digit) => digit.charCodeAt(0)));

type Find = (body: Uint8Array, from: number) => number;

/** The next place of something. Looked for again when it lies behind. */
class Place {
  readonly #find: Find;
  #next: number | undefined;

  constructor(find: Find) {
    this.#find = find;
  }

  /** The first place from `from` on, which does not go back; `NONE` if there is none. */
  first(body: Uint8Array, from: number): number {
    if (this.#next === undefined || (this.#next !== NONE && this.#next < from)) {
      this.#next = this.#find(body, from);
    }
    return this.#next;
  }
}

export class Places {
  readonly #body: Uint8Array;
  readonly #plain: Place;
  readonly #csi = new Place(indexOfCsi);
  readonly #others: readonly Place[];

  constructor(body: Uint8Array, plain: Pattern, escaped: Pattern | undefined) {
    this.#body = body;
    this.#plain = placeOf(plain);
    const unusual = [new Place(findUnusual), this.#csi];
    this.#others = escaped === undefined ? unusual : [placeOf(escaped), ...unusual];
  }

  /** The first place from `from` on; `NONE` if there is none. */
  first(from: number): number {
    let first = this.ofNeedle(from);
    for (const other of this.#others) {
      const place = other.first(this.#body, from);
      first = first === NONE || (place !== NONE && place < first) ? place : first;
    }
    return first;
  }

  /** Where the needle stands next without any escape; `NONE` if it does not. */
  ofNeedle(from: number): number {
    return this.#plain.first(this.#body, from);
  }

  /** Where U+009B stands next; `NONE` if it does not. */
  ofCsi(from: number): number {
    return this.#csi.first(this.#body, from);
  }
}

function placeOf(pattern: Pattern): Place {
  return new Place((body, from) => pattern.find(body, from, body.length));
}

/**
 * Where a solidus or a character by its number is escaped next. Control characters that have no shorter escape do not count:
 * every writer spells those the same.
 */
function findUnusual(body: Uint8Array, from: number): number {
  for (let at = body.indexOf(BACKSLASH, from); at !== NONE; at = body.indexOf(BACKSLASH, at + 1)) {
    const kind = body[at + 1];
    if (kind === SOLIDUS || (kind === LOWER_U && !isUsual(body, at))) {
      return at;
    }
  }
  return NONE;
}

/**
 * Whether `\u00` and a control character without a shorter escape stands at `at`. ESC is another matter: a terminal code may
 * stand in the midst of the needle.
 */
function isUsual(body: Uint8Array, at: number): boolean {
  const third = body[at + 4];
  const fourth = body[at + 5];
  if (body[at + 2] !== ZERO || body[at + 3] !== ZERO) {
    return false;
  }
  return (
    (third === ONE && fourth !== LOWER_B && fourth !== UPPER_B) ||
    (third === ZERO && fourth !== undefined && !SHORTER.has(fourth))
  );
}
