/** The targets of all entries, each held once and known by a number. */

/** Stands for a target that has no place here any more: it is read from the text. */
export const OTHER_TARGET = 0xffff;

/** Who makes targets up makes many of them. */
const MAX_BYTES = 4 * 1024 * 1024;
const SLOTS = 1 << 17;

const decoder = new TextDecoder();

export class Targets {
  readonly #texts: string[] = [];
  readonly #keys: Uint8Array[] = [];
  /** Open addressing: number plus 1, by hash. */
  readonly #slots = new Uint32Array(SLOTS);
  #bytes = 0;

  get count(): number {
    return this.#texts.length;
  }

  get bytes(): number {
    return SLOTS * 4 + this.#bytes;
  }

  /** Undefined for `OTHER_TARGET`. */
  text(number: number): string | undefined {
    return this.#texts[number];
  }

  /** The number of the target between `start` and `end`, as JSON writes it. */
  number(bytes: Uint8Array, start: number, end: number): number {
    let hash = 0x811c_9dc5;
    for (let index = start; index < end; index += 1) {
      hash = Math.imul(hash ^ (bytes[index] ?? 0), 0x0100_0193);
    }
    for (let slot = (hash ^ (hash >>> 15)) & (SLOTS - 1); ; slot = (slot + 1) & (SLOTS - 1)) {
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
    return number;
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
