/** The tree of a query, which `parse` reads from text. Positions are UTF-16 offsets into that text. */

import type { LevelCode } from "../protocol";

export type Query =
  /** Passes everything. */
  | { readonly kind: "all" }
  | { readonly kind: "and" | "or"; readonly parts: readonly Query[] }
  | { readonly kind: "not"; readonly part: Query }
  /** At least this level: `level:warn+`; exactly: `level:warn`. */
  | { readonly kind: "level"; readonly level: LevelCode; readonly orMore: boolean }
  /** `target:a.b*`, `producer:shop`: `*` stands for any text, `\*` for itself; compared without case. */
  | { readonly kind: "target" | "producer"; readonly pattern: string }
  /** `pattern:1a2b3c4d`, as the list of patterns gives it. */
  | { readonly kind: "pattern"; readonly hash: string }
  /** `trace:4bf92f…`. */
  | { readonly kind: "trace"; readonly id: string }
  /** A text anywhere in the values of an entry, compared without case. */
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "regex"; readonly source: string; readonly flags: string }
  /** A field by its path, as `http.status`, `message` or `span.id`. */
  | { readonly kind: "field"; readonly path: string; readonly test: FieldTest };

export type FieldTest =
  /** `field:value`: equal without case; `*` stands for any text, `\*` for itself; `field:*` is there at all. */
  | { readonly op: "is"; readonly pattern: string }
  /** `field~re`. */
  | { readonly op: "matches"; readonly source: string; readonly flags: string }
  /** `field>5`: numbers as numbers, however many digits they have; other texts by their order. */
  | { readonly op: ">" | ">=" | "<" | "<="; readonly value: string };

/** What is wrong in a query, and where. */
export interface QueryError {
  readonly start: number;
  readonly end: number;
  /** `order`: neither a number nor a time stands behind `<` or `>`. `slow`: a regular expression takes too long on a text of the log. */
  readonly code: "unclosed" | "regex" | "level" | "value" | "paren" | "operator" | "order" | "slow";
  /** The text that is wrong. */
  readonly text: string;
}
