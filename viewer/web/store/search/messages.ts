/** What the store and a searcher post to each other. A searcher holds nothing: blocks are copied to it. */

import type { Shape } from "../columns";
import type { Query } from "../query/syntax";
import type { Piece } from "../slabs";

/** A block as a searcher needs it: its memory is a copy. */
export interface BlockCopy {
  readonly producer: string;
  readonly producerNames: readonly string[];
  readonly piece: Piece;
  readonly shape: Shape;
  readonly bodyStart: number;
  readonly count: number;
  /** The lines of a block that is open. */
  readonly text: Uint8Array<ArrayBuffer> | undefined;
  /** Entries from this one on are looked at. */
  readonly from: number;
}

export type ToSearcher =
  /** What is looked for from now on. */
  | { readonly kind: "query"; readonly query: Query }
  /** Texts of targets, behind those that are known. */
  | { readonly kind: "targets"; readonly texts: readonly string[] }
  | { readonly kind: "look"; readonly blocks: readonly BlockCopy[] };

export type FromSearcher =
  /** It has begun, and reads what is posted. */
  | { readonly kind: "ready" }
  /** What the next blocks have that passes, in the order in which they were given. */
  | { readonly kind: "found"; readonly found: readonly Uint16Array[] };

/** What is to be transferred with a message: a copy of a block is its searcher's alone. */
export function buffersOf(message: ToSearcher): Transferable[] {
  return message.kind === "look" ? message.blocks.map(({ piece }) => piece.buffer) : [];
}
