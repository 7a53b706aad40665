/** What the store knows of a producer. */

import type { Block } from "./block";
import type { SessionGap } from "./gaps";
import { Pace } from "./pace";

export class Producer {
  readonly id: string;
  /** By which a query may call it. */
  names: readonly string[];
  readonly pace = new Pace();
  /** Takes in small frames and single entries. */
  open: Block | undefined;
  /** The key of its last entry in the history (`merge_keys.ts`): its entries are in order, whatever its clock does. */
  keyMs = Number.NEGATIVE_INFINITY;
  /** The last times in its history. */
  recentMs: readonly number[] = [];
  /** Whether there is, or was, something of it in the history. */
  hasHistory = false;
  /** Whether entries of it have come by their arrival: those behind them do, too. */
  isLive = false;
  /** Gaps in front of everything else of it, whose time is that of the entry behind them. */
  gaps: { readonly gap: SessionGap; readonly arrivalMs: number }[] = [];

  constructor(id: string) {
    this.id = id;
    this.names = [id];
  }
}
