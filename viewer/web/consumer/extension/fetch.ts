/** Brings back what a producer still holds: one request at a time, and each says where the next goes on. */

import type { Numbered } from "./account";
import type { SourceFilter } from "./filter";
import type { Requests } from "./requests";

/** What is to be brought back: the numbers from `first` to `last`, both included, as far as a filter passes them. */
export interface FetchRange extends SourceFilter {
  readonly first: number;
  readonly last: number;
}

/** A part of what was asked for, of at most 1 MiB. */
export interface FetchedPart {
  readonly entries: readonly Numbered[];
  /** How many numbers the producer no longer holds. */
  readonly missing: number;
}

/** Throws a `RangeError` for numbers that no producer reads. */
export function checkRange({ first, last }: FetchRange): void {
  for (const [name, seq] of Object.entries({ first, last })) {
    if (!Number.isSafeInteger(seq) || seq < 0) {
      throw new RangeError(`${name}: ${seq} is not an integer from 0 to 2^53 - 1`);
    }
  }
}

/** A producer answers four requests a second. */
const INTERVAL_MS = 260;

export class Fetches {
  readonly #requests: Requests;
  /** What the requests that are under way have brought so far, by their ids. */
  readonly #parts = new Map<number, Numbered[]>();
  /** One request at a time: each waits for the one before it. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(requests: Requests) {
    this.#requests = requests;
  }

  /** Entries have come that answer the request `id`. */
  take(id: number, entries: readonly Numbered[]): void {
    this.#parts.get(id)?.push(...entries);
  }

  /** The range, part by part; the next part is asked for when it is wanted. */
  async *fetch({ last, ...range }: FetchRange): AsyncGenerator<FetchedPart, void> {
    for (let first = range.first; first <= last; ) {
      const { next, ...part } = await this.#inTurn({ ...range, first, last });
      if (next <= first) {
        // What lies behind the newest entry does not exist yet.
        return;
      }
      yield part;
      first = next;
    }
  }

  #inTurn(range: FetchRange): Promise<FetchedPart & { next: number }> {
    const answer = this.#turn.then(() => this.#ask(range));
    const interval = this.#turn.then(() => new Promise((resolve) => setTimeout(resolve, INTERVAL_MS)));
    this.#turn = Promise.all([answer.catch(() => {}), interval]);
    return answer;
  }

  async #ask(range: FetchRange): Promise<FetchedPart & { next: number }> {
    const entries: Numbered[] = [];
    let asked = 0;
    try {
      const { next, missing } = await this.#requests.ask("fetched", (id) => {
        asked = id;
        this.#parts.set(id, entries);
        return { type: "fetch", ...range };
      });
      return { entries, missing, next };
    } finally {
      this.#parts.delete(asked);
    }
  }
}
