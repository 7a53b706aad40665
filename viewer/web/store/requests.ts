/** Answers what the page asks. */

import { exportOf } from "./export";
import { facetsOf, patternsOf, traceOf } from "./groups";
import { histogramOf } from "./histogram";
import { openFile } from "./open_file";
import type { Requests } from "./protocol";
import { fullEntry, stepFrom, windowOf } from "./rows";
import type { Store } from "./store";

/** Gives way to what else there is to do. */
export type Pause = () => Promise<void>;

type Handlers = {
  readonly [Name in keyof Requests]: (
    store: Store,
    ask: Requests[Name]["ask"],
    pause: Pause,
  ) => Requests[Name]["answer"] | Promise<Requests[Name]["answer"]>;
};

export const handlers: Handlers = {
  setView: (store, view) => store.showing.set(view),
  expectQuery: (store) => {
    store.view.isQueryExpected = true;
    return undefined;
  },
  window: (store, { anchor, count }) => windowOf(store, anchor, count),
  entry: (store, id) => {
    const item = store.item(id);
    return item === undefined ? undefined : fullEntry(store, item);
  },
  findEntry: (store, { session, seq }) => {
    const item = store.sessions.find(session, seq);
    return item?.block.id(item.index);
  },
  step: (store, { from, step }) => stepFrom(store, from, step),
  histogram: (store, { buckets, range }) => histogramOf(store, buckets, range),
  facets: (store) => facetsOf(store),
  patterns: (store, _, pause) => patternsOf(store, pause),
  trace: (store, id) => traceOf(store, id),
  export: (store, { format, isFiltered }, pause) => exportOf(store, format, isFiltered, pause),
  open: (store, ask, pause) => openFile(store, ask, pause),
  paces: (store, nowMs) =>
    Array.from(store.producers(), ({ id, pace }) => [id, { live: pace.live, delayMs: pace.delayMs(nowMs) }]),
  forget: (store, producer) => {
    store.forget(producer);
    return undefined;
  },
  counts: (store) => store.counts(),
  clear: (store) => {
    store.clear();
    return undefined;
  },
  setMaxBytes: (store, maxBytes) => {
    store.setMaxBytes(maxBytes);
    return undefined;
  },
  pin: (store, ids) => {
    store.pin(ids);
    return undefined;
  },
  all: (store) => {
    const entries: { producer: string; arrivalMs: number; seq: number | undefined; json: string }[] = [];
    for (const { block, index } of store.items("all")) {
      if (block.kind === "entries") {
        const [arrivalMs, seq] = [block.arrivalMs(index), block.seq(index)];
        entries.push({
          producer: block.producer?.id ?? "",
          arrivalMs,
          seq,
          json: store.texts.line(block, index),
        });
      }
    }
    return entries;
  },
};
