/** An entry that is about to be opened is asked for when its row is pressed: a click comes some 90 ms later. */

import type { FullEntry, ItemId, StoreClient } from "../../store/protocol";

interface Expected {
  readonly id: ItemId;
  readonly entry: Promise<FullEntry | undefined>;
}

const expected = new WeakMap<StoreClient, Expected>();

export function expectEntry(store: StoreClient, id: ItemId): void {
  const entry = store.ask("entry", id);
  // Whoever takes it hears of a failure.
  entry.catch(() => {});
  expected.set(store, { id, entry });
}

/** The entry, which may have been asked for already. */
export function takeEntry(store: StoreClient, id: ItemId): Promise<FullEntry | undefined> {
  const former = expected.get(store);
  expected.delete(store);
  return former?.id === id ? former.entry : store.ask("entry", id);
}
