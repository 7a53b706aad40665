/** Accounts for every number of one channel: nothing comes twice, and what is missing is named. No I/O. */

import type { Entry } from "../entry";
import type { Batch, ProducerReason, Welcome } from "./frames";

/**
 * Why entries are missing. By the producer's word: `overflow`, they left its journal before they could be sent; `refused`, its
 * journal was full and it took none; `oversize`, longer than this consumer's messages may be; `unknown`, another reason.
 * By the numbers: `away`, they left the journal while there was no channel; `unreadable`, a frame that held them could not
 * be read.
 */
export type GapReason = ProducerReason | "away" | "unreadable";

/** The numbers from `first` to `last`, both included, were entries that this consumer does not get. */
export interface Missing {
  readonly first: number;
  readonly last: number;
  readonly reason: GapReason;
}

/** An entry with its number. */
export interface Numbered {
  readonly seq: number;
  readonly entry: Entry;
}

/** What one frame brought, in this order. */
export interface Taken {
  readonly missing: readonly Missing[];
  readonly entries: readonly Numbered[];
  /** Lines that were no entry. */
  readonly malformed: number;
  /** Entries that a filter left out at the source. */
  readonly filtered: number;
}

const NOTHING: Taken = { missing: [], entries: [], malformed: 0, filtered: 0 };

/** Where hello asked to begin. */
export interface Asked {
  readonly session: string;
  /** The number that comes next in that session, if any of it was received. */
  readonly next: number | undefined;
}

export class Account {
  #next: number;

  private constructor(next: number) {
    this.#next = next;
  }

  /** Opens the account: where it was, if the producer goes on there, and else where the producer begins. */
  static open(welcome: Welcome, { session, next }: Asked): { account: Account; taken: Taken } {
    // Who had nothing yet of a session asked for its oldest entry, which resumes nothing.
    const goesOn = welcome.session === session && (welcome.resumed || next === 0);
    if (next === undefined || !goesOn) {
      return { account: new Account(welcome.from), taken: NOTHING };
    }
    const account = new Account(next);
    return { account, taken: { ...NOTHING, missing: account.#skipTo(welcome.from, "away") } };
  }

  /** The number that comes next: everything before it is accounted for. */
  get next(): number {
    return this.#next;
  }

  takeBatch({ first, last, lines }: Batch): Taken {
    const { missing, fresh, numbers } = this.takeRange({ first, last });
    const news = lines.filter(({ seq }) => seq >= fresh);
    const entries = news.filter((line): line is Numbered => line.entry !== undefined);
    return {
      missing,
      entries,
      malformed: news.length - entries.length,
      filtered: numbers - news.length,
    };
  }

  /**
   * Accounts for the numbers of a batch. Those from `fresh` on have not come before: `numbers` of them, of which the ones
   * without a line were left out by a filter.
   */
  takeRange({ first, last }: { readonly first: number; readonly last: number }): {
    readonly missing: readonly Missing[];
    readonly fresh: number;
    readonly numbers: number;
  } {
    const missing = this.#skipTo(first, "unreadable");
    const fresh = this.#next;
    this.#next = Math.max(fresh, last + 1);
    return { missing, fresh, numbers: this.#next - fresh };
  }

  takeGap({ first, last, reason }: Missing): Taken {
    const missing = [...this.#skipTo(first, "unreadable"), ...this.#skipTo(last + 1, reason)];
    return { ...NOTHING, missing };
  }

  /** Goes on at `seq`; what lies before it and has not come is missing. */
  #skipTo(seq: number, reason: GapReason): Missing[] {
    const first = this.#next;
    this.#next = Math.max(first, seq);
    return seq > first ? [{ first, last: seq - 1, reason }] : [];
  }
}
