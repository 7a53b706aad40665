/** Makes trees of queries, without needless knots. */

import type { Query } from "./syntax";

export const all: Query = { kind: "all" };

export function allOf(parts: readonly Query[]): Query {
  return joined(
    "and",
    parts.filter(({ kind }) => kind !== "all"),
  );
}

export function anyOf(parts: readonly Query[]): Query {
  return parts.some(({ kind }) => kind === "all") ? all : joined("or", parts);
}

export function not(part: Query): Query {
  return part.kind === "not" ? part.part : { kind: "not", part };
}

function joined(kind: "and" | "or", parts: readonly Query[]): Query {
  const [first, second] = parts;
  return first === undefined ? all : second === undefined ? first : { kind, parts };
}
