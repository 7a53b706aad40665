/** While nobody looks, the title of the page counts the errors that come. */

import { effect } from "@preact/signals";
import type { Model } from "./model";

export function keepTitle(model: Model): () => void {
  const title = document.title;
  let seen: number | undefined;
  const show = () => {
    const { errors } = model.counts.value;
    seen = document.hidden ? (seen ?? errors) : undefined;
    const count = errors - (seen ?? errors);
    const next = count > 0 ? `(${count}) ${title}` : title;
    if (document.title !== next) document.title = next;
  };
  document.addEventListener("visibilitychange", show);
  const stop = effect(show);
  return () => {
    document.removeEventListener("visibilitychange", show);
    stop();
  };
}
