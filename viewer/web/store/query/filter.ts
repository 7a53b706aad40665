/** What passes a view: a query, less the producers that are muted and what lies outside of a range of time. */

import type { Block } from "../block";
import type { View } from "../protocol";
import { compile } from "./compile";
import type { Matcher } from "./matcher";
import type { Query } from "./syntax";

export class Filter {
  readonly query: Query;
  /** Undefined for a query that passes everything. */
  readonly matcher: Matcher | undefined;
  readonly #muted: ReadonlySet<string>;
  readonly #range: View["range"];

  constructor(query: Query, { muted, range }: Pick<View, "muted" | "range">) {
    this.query = query;
    this.matcher = query.kind === "all" ? undefined : compile(query);
    this.#muted = new Set(muted);
    this.#range = range;
  }

  /** The same, as another one: what was found by this one is of no use any more. */
  again(): Filter {
    return new Filter(this.query, { muted: [...this.#muted], range: this.#range });
  }

  get passesAll(): boolean {
    return this.matcher === undefined && this.#range === undefined && this.#muted.size === 0;
  }

  /** Whether columns alone decide, and no text is inflated. */
  get isByColumns(): boolean {
    return this.matcher?.isByColumns ?? true;
  }

  /** Whether it has an expression of the reader's, which may find no end. */
  get hasExpression(): boolean {
    return hasExpression(this.query);
  }

  /** Of a row that is no entry. */
  passesRow({ producer, kind }: Block, isMarkShown: boolean): boolean {
    return kind === "live" ? this.#range === undefined && isMarkShown : !this.#muted.has(producer?.id ?? "");
  }

  /** Whether no entry of the block passes, as its producer and its times tell. */
  excludes({ producer, minMs, maxMs }: Block): boolean {
    const range = this.#range;
    return (
      producer === undefined ||
      this.#muted.has(producer.id) ||
      (range !== undefined && !(maxMs >= range.fromMs && minMs < range.toMs))
    );
  }

  /** Of the indexes that the query passes, those whose entries lie in the range. */
  inRange(block: Block, indexes: Uint16Array): Uint16Array {
    const range = this.#range;
    if (range === undefined) {
      return indexes;
    }
    const columns = block.columns();
    return indexes.filter((index) => {
      const time = columns.time(index);
      return time >= range.fromMs && time < range.toMs;
    });
  }
}

function hasExpression(query: Query): boolean {
  switch (query.kind) {
    case "and":
    case "or":
      return query.parts.some(hasExpression);
    case "not":
      return hasExpression(query.part);
    case "regex":
      return true;
    case "field":
      return query.test.op === "matches";
    default:
      return false;
  }
}
