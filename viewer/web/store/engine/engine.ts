/**
 * The work on bytes: inflating, finding the lines of a frame and what the index needs of each, and searching. In WebAssembly
 * where that is allowed (`wasm.ts`), in JavaScript elsewhere (`script.ts`): both give equal results.
 */

import type { LevelCode, MALFORMED } from "../protocol";

/** What a scan finds, in arrays that are reused: valid until the next call of the engine. */
export interface Scan {
  /** How many lines there are. */
  readonly count: number;
  /** Where each line begins and ends, without its line end. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  /** `LevelCode`, or `MALFORMED` for a line that is no JSON object with the four texts of an entry. */
  readonly levels: Uint8Array;
  /** Milliseconds since 1970; `NaN` where the timestamp is no ISO 8601. */
  readonly times: Float64Array;
  /** The text of `target` between its quotes, escapes and all. */
  readonly targetStarts: Uint32Array;
  readonly targetEnds: Uint32Array;
  /** FNV-1a (32 bits) of the bytes of `span.trace_id`, between its quotes; 0 without one. */
  readonly traces: Uint32Array;
}

/** What to look for. */
export interface Needle {
  /** As UTF-8. The engine looks for it as JSON writes it, over terminal codes unless it has ESC itself. */
  readonly text: string;
  /** Whether letters A to Z, and those of other alphabets by simple folding where that keeps the length, are equal in both cases. */
  readonly ignoresCase: boolean;
}

export interface Engine {
  readonly name: "wasm" | "script";
  /** The bytes of a raw DEFLATE stream; undefined if it is none, or longer than `maxBytes`. Valid until the next call. */
  inflate(data: Uint8Array, maxBytes: number): Uint8Array | undefined;
  /** Finds the lines of `body`, and reads each. An empty line is a malformed one; a line end at the very end is none. */
  scan(body: Uint8Array): Scan;
  /**
   * The lines, by index, in which a value (not a key) holds the needle. A hit may be a false one where an escape is written in
   * an unusual way: it is confirmed on the parsed entry. An inflated body, and its scan, stay valid, unless a first search for
   * a needle has moved the engine's memory: their lengths are 0 then.
   */
  find(body: Uint8Array, needle: Needle): Uint32Array;
}

/** No frame is longer before compression: docs/protocol.md §6.2. */
export const MAX_FRAME_BYTES = 256 * 1024;

export type Level = LevelCode | typeof MALFORMED;
