/** The flight recorder: what a program still holds of the time around an entry. */

import type { EntryRow } from "../../store/protocol";
import { fetchIntoStore } from "../fetch";
import type { Model } from "../model";

/** How many numbers on each side are asked for first, and how many times as many with each further request. */
const FIRST_REACH = 1_000;
const GROWTH = 4;

/** Whether the program can be asked: it is connected, and speaks the extension. */
export function canBringAround(model: Model, producer: string): boolean {
  return model.producers.value.some(
    ({ id, state, session }) => id === producer && state === "connected" && session !== undefined,
  );
}

/**
 * The numbers that the request after `former` others asks for; `next` is the first that is not known to exist. Who asks beyond
 * the newest entry of a program that goes on logging is never through.
 */
export function rangeAround(
  seq: number,
  former: number,
  next: number,
): { readonly first: number; readonly last: number } {
  const reach = FIRST_REACH * GROWTH ** former;
  return { first: Math.max(0, seq - reach), last: Math.max(seq, Math.min(next - 1, seq + reach)) };
}

/**
 * Has the program send everything that it holds of the numbers around a row's, DEBUG too. The store puts it in its place.
 * Returns how many entries came that were not here. Rejects if the program refuses, or is gone, before any came.
 */
export async function bringAround(
  model: Model,
  { producer, seq }: EntryRow,
  former: number,
): Promise<number> {
  if (seq === undefined) {
    return 0;
  }
  const { session = "" } = model.producers.value.find(({ id }) => id === producer) ?? {};
  const range = rangeAround(seq, former, model.consumer.places()[session] ?? seq + 1);
  const before = model.store.addedOf(producer);
  try {
    return await fetchIntoStore(model, producer, { ...range, level: "DEBUG" });
  } catch (error) {
    const added = model.store.addedOf(producer) - before;
    if (added === 0) throw error;
    return added;
  }
}
