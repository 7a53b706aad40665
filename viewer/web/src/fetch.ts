/** Has a program send entries that the page does not hold: the store takes them as they come, and puts them in their place. */

import type { FetchRange } from "../consumer";
import type { Model } from "./model";

/** Returns how many came that were not here. Rejects as `Consumer.fetch` does. */
export async function fetchIntoStore(
  { store, consumer }: Pick<Model, "store" | "consumer">,
  producer: string,
  range: FetchRange,
): Promise<number> {
  const before = store.addedOf(producer);
  for await (const _part of consumer.fetch(producer, range)) {
    // The channel's reader has given it to the store.
  }
  return store.addedOf(producer) - before;
}
