/** Carries out what the reader wants to see: reads the query, and goes back to the last one if this one is no good. */

import type { View as Wanted } from "../protocol";
import { Filter } from "../query/filter";
import { parse } from "../query/parse";
import type { QueryError } from "../query/syntax";
import type { View } from "./view";

/** A filter, and what it was made of. */
interface Shown {
  readonly filter: Filter;
  readonly key: string;
  readonly text: string;
}

const NO_VIEW: Wanted = { query: "", muted: [], range: undefined, columns: [] };

export interface ShowingParts {
  readonly view: View;
  readonly onChanged: () => void;
}

export class Showing {
  readonly #parts: ShowingParts;
  #wanted: Wanted = NO_VIEW;
  /** What was asked for last, and was right. */
  #asked: Shown = shownOf({ kind: "all" }, NO_VIEW);
  /** What the list shows, and what it showed before. */
  #shown = this.#asked;
  #before = this.#asked;
  #slow: QueryError | undefined;

  constructor(parts: ShowingParts) {
    this.#parts = parts;
  }

  /** The names of fields that rows have as columns. */
  get columns(): readonly string[] {
    return this.#wanted.columns;
  }

  /**
   * Returns the error of the query, in whose place the last one that was right stays. A promise of it comes true when the
   * list shows what the query passes, or shows what it did because the query takes too long.
   */
  set(wanted: Wanted): QueryError | undefined | Promise<QueryError | undefined> {
    this.#wanted = wanted;
    this.#parts.onChanged();
    const { query, error } = parse(wanted.query);
    const next = shownOf(error === undefined ? query : this.#asked.filter.query, wanted);
    return next.key === this.#asked.key ? error : this.#show(next, error);
  }

  /** What a query means has changed, if it names producers. */
  renameProducers(): void {
    if (this.#asked.key.includes('"kind":"producer"')) {
      void this.#show({ ...this.#asked, filter: this.#asked.filter.again() }, undefined);
    }
  }

  /** A filter that is wanted finds no end: what the list showed before comes back. */
  giveUp(filter: Filter): void {
    const { view } = this.#parts;
    if (filter === this.#shown.filter) {
      this.#slow = slowError(this.#shown.text);
      const { key, text } = this.#before;
      const before = { filter: this.#before.filter.again(), key, text };
      this.#asked = this.#shown = before;
      // Had it found no end either, there would be nothing to go back to.
      this.#before = shownOf({ kind: "all" }, NO_VIEW);
      void view.show(before.filter);
    } else if (filter === this.#asked.filter) {
      this.#asked = this.#shown;
      view.endProbe("slow");
    } else {
      return;
    }
    this.#parts.onChanged();
  }

  /** The error of a query that was shown, and has turned out to take too long; once. */
  takeSlow(): QueryError | undefined {
    const slow = this.#slow;
    this.#slow = undefined;
    return slow;
  }

  #show(
    next: Shown,
    error: QueryError | undefined,
  ): QueryError | undefined | Promise<QueryError | undefined> {
    this.#asked = next;
    const outcome = this.#parts.view.show(next.filter);
    const shown = () => {
      if (this.#shown.key !== next.key) this.#before = this.#shown;
      this.#shown = next;
    };
    if (outcome === undefined) {
      shown();
      return error;
    }
    return outcome.then((end) => {
      if (end === "shown") shown();
      return end === "slow" ? slowError(next.text) : error;
    });
  }
}

function shownOf(query: Filter["query"], { muted, range, query: text }: Wanted): Shown {
  const key = JSON.stringify([query, muted, range]);
  return { filter: new Filter(query, { muted, range }), key, text };
}

function slowError(text: string): QueryError {
  return { code: "slow", start: 0, end: text.length, text };
}
