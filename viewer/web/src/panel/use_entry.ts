import { useLayoutEffect, useState } from "preact/hooks";
import type { FullEntry, ItemId, Row } from "../../store/protocol";
import type { Model } from "../model";
import { takeEntry } from "./expected";

/** What is known of an item: undefined before the first answer, a row for an item that is no entry, `gone` if it is not held. */
export type Loaded = FullEntry | Exclude<Row, { kind: "entry" }> | "gone" | undefined;

/** The entry of an item. The one before stays until the next has come, so that nothing flickers. */
export function useEntry(model: Model, id: ItemId | undefined): Loaded {
  const [loaded, setLoaded] = useState<Loaded>();
  // An effect waits for a frame, which the reader would see.
  useLayoutEffect(() => {
    if (id === undefined) {
      setLoaded(undefined);
      return undefined;
    }
    let isWanted = true;
    const show = (entry: Loaded) => {
      if (isWanted) {
        setLoaded(entry);
      }
    };
    find(model, id).then(show, () => show("gone"));
    return () => {
      isWanted = false;
    };
  }, [model, id]);
  return loaded;
}

async function find({ store }: Model, id: ItemId): Promise<Loaded> {
  const entry = await takeEntry(store, id);
  if (entry !== undefined) {
    return entry;
  }
  const { rows } = await store.ask("window", { anchor: { kind: "item", id, offset: 0 }, count: 1 });
  const row = rows[0];
  return row !== undefined && row.id === id && row.kind !== "entry" ? row : "gone";
}
