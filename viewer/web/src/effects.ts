/** Carries out what the signals of the model stand for, and sets those that come from the store and the consumer. */

import { effect, untracked } from "@preact/signals";
import { keepAddress } from "./address";
import { fetchIntoStore } from "./fetch";
import type { Model } from "./model";
import { keepPaces } from "./pace_keeper";
import { watchContext } from "./panel/context";
import { keepSettings } from "./storage";
import { keepTitle } from "./title";
import type { EntryLink } from "./url";
import { readEntryLink } from "./url";

/** A linked entry is looked for until it has come. */
const LINK_ATTEMPTS = 60;
const LINK_INTERVAL_MS = 1_000;

/** Works until the returned function is called. */
export function carryOut(model: Model): () => void {
  const stops = [
    ...fromConsumer(model),
    model.store.on("counts", (counts) => {
      model.counts.value = counts;
    }),
    applyView(model),
    keepAddress(model),
    applySettings(model),
    applySourceFilter(model),
    watchContext(model),
    keepPaces(model),
    keepTitle(model),
    followLinks(model),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function fromConsumer({ consumer, producers, colourOf, signaling, trouble }: Model): (() => void)[] {
  producers.value = consumer.producers();
  return [
    consumer.on("producers", (all) => {
      for (const { id } of all) colourOf(id);
      producers.value = all;
    }),
    consumer.on("signaling", (state) => {
      signaling.value = state;
    }),
    consumer.on("error", (error) => {
      trouble.value = error;
    }),
  ];
}

/** Has the store show the view; a query that is wrong leaves the last one that was right. */
function applyView(model: Model): () => void {
  let latest = 0;
  const stopSlow = model.store.on("slow", (error) => {
    if (model.view.peek().query === error.text) model.queryError.value = error;
  });
  const stop = effect(() => {
    const view = model.view.value;
    latest += 1;
    const turn = latest;
    void model.store
      .ask("setView", view)
      .then((error) => {
        if (turn === latest) model.queryError.value = error;
      })
      .catch((error: unknown) => report(model, error));
  });
  return () => {
    stop();
    stopSlow();
  };
}

function applySettings(model: Model): () => void {
  return effect(() => {
    const settings = model.settings.value;
    keepSettings(settings);
    void model.store.ask("setMaxBytes", settings.maxBytes).catch((error: unknown) => report(model, error));
  });
}

function applySourceFilter(model: Model): () => void {
  let isFirst = true;
  return effect(() => {
    const filter = model.sourceFilter.value;
    if (isFirst) {
      isFirst = false;
      return;
    }
    model.consumer.setFilter(filter).catch((error: unknown) => report(model, error));
  });
}

/** `#entry=` leads to an entry: the page has it, or gets it from the program, or waits for it. */
function followLinks(model: Model): () => void {
  let attempts = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = async (link: EntryLink) => {
    const id = await model.store.ask("findEntry", link);
    if (id !== undefined) {
      model.list.value?.goTo({ kind: "item", id, offset: 0 }, true);
      return;
    }
    const producer = model.producers.value.find(({ session }) => session === link.session);
    if (producer !== undefined && attempts % 5 === 2) {
      // It did not come by itself: it may be in the program yet.
      await fetchIntoStore(model, producer.id, { first: link.seq, last: link.seq });
    }
    attempts += 1;
    if (attempts < LINK_ATTEMPTS) {
      timer = setTimeout(start, LINK_INTERVAL_MS, link);
    }
  };
  const start = (link: EntryLink) => void look(link).catch((error: unknown) => report(model, error));
  const begin = () => {
    clearTimeout(timer);
    attempts = 0;
    const link = readEntryLink(location.href);
    if (link !== undefined) untracked(() => start(link));
  };
  addEventListener("hashchange", begin);
  begin();
  return () => {
    clearTimeout(timer);
    removeEventListener("hashchange", begin);
  };
}

function report(model: Model, error: unknown): void {
  model.trouble.value = error instanceof Error ? error.message : String(error);
}
