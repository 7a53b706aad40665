/** The address of the page has the view. Back closes what is open, and undoes clicks on filters. */

import { effect, untracked } from "@preact/signals";
import { Back } from "./back";
import { backDepth, closeInnermost } from "./layers";
import type { Model } from "./model";
import { readView, writeView } from "./url";

/** Safari lets an address change 100 times in 30 s: so many times at once, and then once in so long. */
const MAX_WRITES = 25;
const WRITE_INTERVAL_MS = 400;

/** Works until the returned function is called. */
export function keepAddress(model: Model): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** What the address has, or gets by `timer`. */
  let view = model.view.peek();
  let steps = model.viewSteps.peek();
  let writesLeft = MAX_WRITES;
  let writtenAtMs = performance.now();
  const write = () => {
    clearTimeout(timer);
    const address = writeView(location.href, view);
    if (address !== location.href) history.replaceState(history.state, "", address);
  };
  // In the next task as a rule: a browser that reloads the page has taken the address before the page hears of it.
  const writeSoon = () => {
    const nowMs = performance.now();
    writesLeft = Math.min(MAX_WRITES, writesLeft + (nowMs - writtenAtMs) / WRITE_INTERVAL_MS);
    writtenAtMs = nowMs;
    const isFree = writesLeft >= 1;
    writesLeft -= isFree ? 1 : 0;
    clearTimeout(timer);
    timer = setTimeout(write, isFree ? 0 : WRITE_INTERVAL_MS);
  };
  const back = new Back(history, {
    depth: () => untracked(() => backDepth(model)),
    closeInnermost: () => closeInnermost(model),
    onAddress: () => {
      model.formerView.value = undefined;
      model.typedQuery.value = undefined;
      model.view.value = readView(location.href);
    },
    onStay: write,
  });
  const stop = effect(() => {
    const typed = model.typedQuery.value;
    const next = typed === undefined ? model.view.value : { ...model.view.value, query: typed };
    const isStep = model.viewSteps.value !== steps;
    steps = model.viewSteps.value;
    if (isStep) {
      // What was typed before it belongs to the entry that Back returns to.
      write();
      view = next;
      const address = writeView(location.href, view);
      if (address !== location.href) untracked(() => back.step(address));
    } else {
      view = next;
      untracked(writeSoon);
    }
  });
  const stopBack = effect(() => {
    backDepth(model);
    untracked(() => back.update());
  });
  const abort = new AbortController();
  const { signal } = abort;
  addEventListener("popstate", () => back.popped(), { signal });
  // Who leaves the page, or looks at another one, may take the address along.
  addEventListener("pagehide", write, { signal });
  document.addEventListener("visibilitychange", write, { signal });
  return () => {
    clearTimeout(timer);
    abort.abort();
    stop();
    stopBack();
  };
}
