/** An entry among all others, and the way back to what the query shows. */

import { effect } from "@preact/signals";
import type { ItemId } from "../../store/protocol";
import { type Model, stepTo } from "../model";

type Parts = Pick<Model, "view" | "viewSteps" | "formerView" | "list">;

/** Shows the entry among all others. What producers leave out for the query stays left out. */
export function showInContext(parts: Parts, id: ItemId): void {
  const { view, formerView, list } = parts;
  formerView.value = view.value;
  stepTo(parts, { query: "", range: undefined, muted: [] });
  list.value?.goTo({ kind: "item", id, offset: 0 }, true);
}

/** Shows what was shown before, with the columns of now. */
export function leaveContext(parts: Parts, id: ItemId): void {
  const { view, formerView, list } = parts;
  const former = formerView.value;
  if (former !== undefined) {
    formerView.value = undefined;
    stepTo(parts, { ...former, columns: view.value.columns });
    list.value?.goTo({ kind: "item", id, offset: 0 }, true);
  }
}

/** Another query ends the context. Works until the returned function is called. */
export function watchContext({ view, formerView }: Pick<Parts, "view" | "formerView">): () => void {
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
