/** Values that the query has left out stay in their facet, so that one can be added to those that it asks for. No DOM. */

import type { FacetValue } from "../../store/protocol";

/** Those of a facet by its name: with those that it had before the query asked for one of its values, which count 0 now. */
export type WithLeftOut = (
  name: string,
  values: readonly FacetValue[],
  isAsked: boolean,
) => readonly FacetValue[];

export function keepLeftOut(): WithLeftOut {
  const before = new Map<string, readonly FacetValue[]>();
  return (name, values, isAsked) => {
    if (!isAsked) {
      before.set(name, values);
      return values;
    }
    const known = new Set(values.map(({ value }) => value));
    const leftOut = (before.get(name) ?? []).filter(({ value }) => !known.has(value));
    return [...values, ...leftOut.map(({ value }) => ({ value, count: 0 }))];
  };
}
