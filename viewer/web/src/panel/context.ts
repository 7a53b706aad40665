/** An entry among all others, and the way back to what the query shows. */

import { effect } from "@preact/signals";
import type { ItemId } from "../../store/protocol";
import type { Model } from "../model";

type Parts = Pick<Model, "view" | "formerView" | "list">;

/** Shows the entry among all others. What producers leave out for the query stays left out. */
export function showInContext({ view, formerView, list }: Parts, id: ItemId): void {
  formerView.value = view.value;
  view.value = { ...view.value, query: "", range: undefined, muted: [] };
  list.value?.goTo({ kind: "item", id, offset: 0 }, true);
}

/** Shows what was shown before, with the columns of now. */
export function leaveContext({ view, formerView, list }: Parts, id: ItemId): void {
  const former = formerView.value;
  if (former !== undefined) {
    formerView.value = undefined;
    view.value = { ...former, columns: view.value.columns };
    list.value?.goTo({ kind: "item", id, offset: 0 }, true);
  }
}

/** Another query ends the context. Works until the returned function is called. */
export function watchContext({ view, formerView }: Parts): () => void {
  return effect(() => {
    if (view.value.query !== "") {
      formerView.value = undefined;
    }
  });
}

/** The query whose levels and targets producers apply. */
export function sourceQuery({ view, formerView }: Pick<Model, "view" | "formerView">): string {
  const { query } = view.value;
  return query === "" ? (formerView.value?.query ?? "") : query;
}
