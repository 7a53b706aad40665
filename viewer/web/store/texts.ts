/** The inflated lines of blocks: a few are kept. */

import type { Block } from "./block";
import { type Engine, MAX_FRAME_BYTES, type Scan } from "./engine/engine";

/** A block's lines, and where each is in `bytes`. */
export interface Text {
  readonly bytes: Uint8Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

const MAX_CACHED_BYTES = 8 * 1024 * 1024;
const EMPTY = new Uint8Array();

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

export class Texts {
  readonly #engine: Engine;
  /** The one that was used last is the last. */
  readonly #cache = new Map<Block, Text>();
  #bytes = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The lines of a block, which are kept for a while. */
  of(block: Block): Text {
    const known = this.#cache.get(block);
    if (known !== undefined && known.starts.length === block.count) {
      this.#cache.delete(block);
      this.#cache.set(block, known);
      return known;
    }
    this.forget(block);
    const text = this.read(block);
    this.#cache.set(block, text);
    this.#bytes += sizeOf(text);
    for (const oldest of this.#cache.keys()) {
      if (this.#bytes <= MAX_CACHED_BYTES || oldest === block) {
        break;
      }
      this.forget(oldest);
    }
    return text;
  }

  /** The lines of a block, of which nothing is kept here. */
  read(block: Block): Text {
    const bytes = this.#body(block).slice();
    const { starts, ends } = this.#engine.scan(bytes);
    return { bytes, starts: starts.slice(), ends: ends.slice() };
  }

  /**
   * The lines from `from` on, and their scan, which is made when it is asked for: both are valid until the engine inflates
   * again.
   */
  peek(block: Block, from: number): { readonly bytes: Uint8Array; readonly scan: Scan } {
    let bytes = from === 0 ? this.#body(block) : EMPTY;
    if (bytes.length === 0) {
      const { bytes: all, starts } = this.of(block);
      bytes = all.subarray(starts[from] ?? all.length);
    }
    const engine = this.#engine;
    let scan: Scan | undefined;
    return {
      bytes,
      get scan() {
        scan ??= engine.scan(bytes);
        return scan;
      },
    };
  }

  /** One line, as it was sent. */
  line(block: Block, index: number): string {
    const { bytes, starts, ends } = this.of(block);
    return decoder.decode(bytes.subarray(starts[index], ends[index]));
  }

  forget(block: Block): void {
    const text = this.#cache.get(block);
    if (text !== undefined) {
      this.#cache.delete(block);
      this.#bytes -= sizeOf(text);
    }
  }

  clear(): void {
    this.#cache.clear();
    this.#bytes = 0;
  }

  #body(block: Block): Uint8Array {
    return block.text === undefined
      ? (this.#engine.inflate(block.data(), MAX_FRAME_BYTES)?.subarray(block.bodyStart) ?? EMPTY)
      : block.text.subarray(0, block.textLength);
  }
}

function sizeOf({ bytes, starts, ends }: Text): number {
  return bytes.byteLength + starts.byteLength + ends.byteLength;
}
