/** The targets of all entries, each held once and known by a number. */

/** Stands for a target that has no place here any more: it is read from the text. */
export const OTHER_TARGET = 0xffff;

/** Who makes targets up makes many of them. */
const MAX_BYTES = 4 * 1024 * 1024;
const FIRST_SLOTS = 256;

const decoder = new TextDecoder();

export class Targets {
  readonly #texts: string[] = [];
  readonly #keys: Uint8Array[] = [];
  /** Open addressing: number plus 1, by hash. */
  #slots = new Uint32Array(FIRST_SLOTS);
  #bytes = 0;

  get count(): number {
    return this.#texts.length;
  }

  get bytes(): number {
    return this.#slots.byteLength + this.#bytes;
  }

  /** Undefined for `OTHER_TARGET`. */
  text(number: number): string | undefined {
    return this.#texts[number];
  }

  /** The texts of all targets from a number on. */
  from(number: number): string[] {
    return this.#texts.slice(number);
  }

  /** The number of the target between `start` and `end`, as JSON writes it. */
  number(bytes: Uint8Array, start: number, end: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hashOf(bytes, start, end) & mask; ; slot = (slot + 1) & mask) {
      const number = (this.#slots[slot] ?? 0) - 1;
      if (number === -1) {
        return this.#add(bytes, start, end, slot);
      }
      if (this.#isAt(number, bytes, start, end)) {
        return number;
      }
    }
  }

  #isAt(number: number, bytes: Uint8Array, start: number, end: number): boolean {
    const key = this.#keys[number];
    if (key === undefined || key.length !== end - start) {
      return false;
    }
    for (let index = 0; index < key.length; index += 1) {
      if (key[index] !== bytes[start + index]) {
        return false;
      }
    }
    return true;
  }

  #add(bytes: Uint8Array, start: number, end: number, slot: number): number {
    const number = this.#texts.length;
    const size = 3 * (end - start) + 100;
    if (number === OTHER_TARGET || this.#bytes + size > MAX_BYTES) {
      return OTHER_TARGET;
    }
    this.#bytes += size;
    this.#texts.push(targetText(bytes, start, end));
    this.#keys.push(bytes.slice(start, end));
    this.#slots[slot] = number + 1;
    if (2 * this.#texts.length > this.#slots.length) {
      this.#grow();
    }
    return number;
  }

  #grow(): void {
    const slots = new Uint32Array(2 * this.#slots.length);
    for (const [number, key] of this.#keys.entries()) {
      let slot = hashOf(key, 0, key.length) & (slots.length - 1);
      while (slots[slot] !== 0) {
        slot = (slot + 1) & (slots.length - 1);
      }
      slots[slot] = number + 1;
    }
    this.#slots = slots;
  }
}

/** A text of JSON, without its escapes. */
export function targetText(bytes: Uint8Array, start: number, end: number): string {
  const text = decoder.decode(bytes.subarray(start, end));
  if (!text.includes("\\")) {
    return text;
  }
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    return text;
  }
}

/** FNV-1a, its high bits folded into the low ones. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c_9dc5;
  for (let index = start; index < end; index += 1) {
    hash = Math.imul(hash ^ (bytes[index] ?? 0), 0x0100_0193);
  }
  return hash ^ (hash >>> 15);
}
