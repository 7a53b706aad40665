/** What the store takes in. */

import type { Scan } from "./engine/engine";
import type { Steps } from "./steps";

/** Lines that came together. */
export interface Body {
  readonly producer: string;
  readonly arrivalMs: number;
  /** Each with its line end; the last one may be without. */
  readonly bytes: Uint8Array;
  /** What the engine found in `bytes`. */
  readonly scan: Scan;
  /** Of their numbers, where they have some. */
  readonly session: string | undefined;
  /** The number of each line, less its index. */
  readonly seqs: Steps | number | undefined;
  /** The frame that `bytes` is the end of, and where it begins there. */
  readonly frame: { readonly data: Uint8Array; readonly bodyStart: number } | undefined;
  /** Lines from this one on are new. */
  readonly fresh: number;
  /** Numbers below this one were there before the channel was. */
  readonly liveFrom: number;
  /** Whether no line behind these was there before the channel was. */
  readonly endsHistory: boolean;
}

/** The number of a line. */
export function seqAt(seqs: Steps | number, index: number): number {
  return index + (typeof seqs === "number" ? seqs : seqs.get(index));
}
