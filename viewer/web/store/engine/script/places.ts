/**
 * Where a line may hold the needle: where the needle stands as it is, or as JSON writes it, and where an escape stands that
 * need not be written as one.
 */

import { NONE } from "./json";
import { Pattern } from "./pattern";

const UNICODE = new Pattern(new TextEncoder().encode("\\u"));
const SOLIDUS = new Pattern(new TextEncoder().encode("\\/"));
const ZERO = 0x30;
const ONE = 0x31;
/** The last digits of control characters that have a shorter escape, in both cases. */
const SHORTER = new Set(Array.from("89aAcCdD", (digit) => digit.charCodeAt(0)));

/** The next place of a pattern. Looked for again when it lies behind. */
class Place {
  next: number;

  constructor(
    private readonly body: Uint8Array,
    private readonly pattern: Pattern,
  ) {
    this.next = pattern.find(body, 0, body.length);
  }

  advance(from: number): void {
    if (this.next !== NONE && this.next < from) {
      this.next = this.pattern.find(this.body, from, this.body.length);
    }
  }
}

export class Places {
  readonly #body: Uint8Array;
  readonly #plain: Place;
  readonly #escaped: Place;
  readonly #unicode: Place;
  readonly #solidus: Place;

  constructor(body: Uint8Array, plain: Pattern, escaped: Uint8Array) {
    this.#body = body;
    this.#plain = new Place(body, plain);
    this.#escaped = new Place(body, new Pattern(escaped));
    this.#unicode = new Place(body, UNICODE);
    this.#solidus = new Place(body, SOLIDUS);
  }

  /** The first place from `from` on; `NONE` if there is none. */
  first(from: number): number {
    const places = [this.#plain, this.#escaped, this.#unicode, this.#solidus];
    let first = NONE;
    for (const place of places) {
      place.advance(from);
      if (place === this.#unicode) {
        this.#skipUsual();
      }
      if (place.next !== NONE && (first === NONE || place.next < first)) {
        first = place.next;
      }
    }
    return first;
  }

  /** Where the needle stands next without any escape; `NONE` if it does not. */
  get ofNeedle(): number {
    return this.#plain.next;
  }

  /** Passes over control characters that have no shorter escape: every writer spells those the same. */
  #skipUsual(): void {
    const place = this.#unicode;
    while (place.next !== NONE && isUsual(this.#body, place.next)) {
      place.advance(place.next + 1);
    }
  }
}

/** Whether `\u00` and a control character without a shorter escape stands at `at`. */
function isUsual(body: Uint8Array, at: number): boolean {
  const [third, fourth] = [body[at + 4], body[at + 5]];
  if (body[at + 2] !== ZERO || body[at + 3] !== ZERO) {
    return false;
  }
  return third === ONE || (third === ZERO && fourth !== undefined && !SHORTER.has(fourth));
}
