/** How the store evaluates a query on a block of entries. */

import type { Engine } from "../engine/engine";

/** A block, as a matcher sees it. The columns are the block's own; its text is inflated only when asked for. */
export interface MatchBlock {
  readonly count: number;
  /** The id of its producer, and the names by which a query may call it. */
  readonly producer: string;
  readonly producerNames: readonly string[];
  readonly levels: Uint8Array;
  time(index: number): number;
  target(index: number): string;
  readonly traces: Uint32Array;
  /** The inflated lines: valid until the engine inflates again. */
  bytes(): Uint8Array;
}

/** A compiled query. */
export interface Matcher {
  /** Whether columns alone decide, and no text is inflated. */
  readonly isByColumns: boolean;
  /** The indexes that pass, ascending. */
  match(block: MatchBlock, engine: Engine): Uint16Array;
}
