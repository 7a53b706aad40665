/** The entries of a trace, which `trace:ID` of a query finds. */

import type { FullEntry } from "../protocol";

export const MAX_TRACE = 2_000;

/** By time, and by arrival where that is equal; those without a time last. At most `MAX_TRACE`, the first ones. */
export function orderTrace(entries: readonly FullEntry[]): FullEntry[] {
  return entries
    .toSorted(({ row: one }, { row: other }) => {
      const [here, there] = [timeOf(one.timeMs), timeOf(other.timeMs)];
      return here === there ? one.id - other.id : here < there ? -1 : 1;
    })
    .slice(0, MAX_TRACE);
}

function timeOf(ms: number): number {
  return Number.isNaN(ms) ? Number.POSITIVE_INFINITY : ms;
}
