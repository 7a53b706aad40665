/** The texts that a query looks for, to be marked where they stand. No DOM. */

import { parse } from "../../store/query/parse";
import type { Query } from "../../store/query/syntax";

/** Marking more than these costs more than it helps. */
const MAX_WORDS = 8;

/** In lower case, without those that must not be there. */
export function wordsOf(query: string): string[] {
  const words = collect(parse(query).query).filter((word) => word !== "");
  return [...new Set(words)].slice(0, MAX_WORDS);
}

function collect(query: Query): string[] {
  switch (query.kind) {
    case "and":
    case "or":
      return query.parts.flatMap(collect);
    case "text":
      return [query.text.toLowerCase()];
    case "field":
      return query.path === "message" && query.test.op === "is"
        ? query.test.pattern.toLowerCase().split("*")
        : [];
    default:
      return [];
  }
}
