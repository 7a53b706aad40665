/** While nobody looks, the title of the page counts the errors that come. */

import { effect } from "@preact/signals";
import type { Model } from "./model";

export function keepTitle(model: Model): () => void {
  const title = document.title;
  /** How many errors there were when the page was hidden; undefined while it is visible. */
  let seen: number | undefined;
  let turn = 0;
  const show = () => {
    const { errors } = model.counts.value;
    const count = errors - (seen ?? errors);
    const next = count > 0 ? `(${count}) ${title}` : title;
    if (document.title !== next) document.title = next;
  };
  const changed = async () => {
    turn += 1;
    const mine = turn;
    seen = undefined;
    show();
    if (document.hidden) {
      // The page is told of counts later than of rows.
      const counts = await model.store.ask("counts", undefined).catch(() => model.counts.value);
      if (mine === turn) {
        seen = counts.errors;
        show();
      }
    }
  };
  document.addEventListener("visibilitychange", changed);
  void changed();
  const stop = effect(show);
  return () => {
    document.removeEventListener("visibilitychange", changed);
    stop();
  };
}
