import { useEffect, useState } from "preact/hooks";
import type { FullEntry, ItemId } from "../../store/protocol";
import type { Model } from "../model";

/** What is known of an item: undefined before the first answer, `none` for an item that is no entry, or is gone. */
export type Loaded = FullEntry | "none" | undefined;

/** The entry of an item. The one before stays until the next has come, so that nothing flickers. */
export function useEntry(model: Model, id: ItemId | undefined): Loaded {
  const [loaded, setLoaded] = useState<Loaded>();
  useEffect(() => {
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
    model.store.ask("entry", id).then(
      (entry) => show(entry ?? "none"),
      () => show("none"),
    );
    return () => {
      isWanted = false;
    };
  }, [model, id]);
  return loaded;
}
