/** Brings the list to life in its elements. */

import { effect, untracked } from "@preact/signals";
import type { Row } from "../../store/protocol";
import { bringBack } from "../fetch_gap";
import type { Model } from "../model";
import { expectEntry } from "../panel/expected";
import { watchGestures } from "./gestures";
import { type ListElements, ListView } from "./list_view";
import type { RowOptions } from "./row_element";
import { wordsOf } from "./words";

/** How often relative times are written anew. */
const TIMES_INTERVAL_MS = 1_000;
/** Rows in sight are kept by the store, so long after they were painted. */
const PIN_DELAY_MS = 150;

export function mountList(model: Model, elements: ListElements): { view: ListView; stop(): void } {
  let options = untracked(() => makeOptions(model));
  let pinTimer: ReturnType<typeof setTimeout> | undefined;
  let shown: readonly Row[] = [];
  const pin = () => {
    pinTimer = undefined;
    const { isFollowing, selected } = model;
    const ids = isFollowing.value ? [] : shown.map(({ id }) => id);
    const open = selected.value;
    void model.store.ask("pin", open === undefined ? ids : [...ids, open]).catch(() => {});
  };
  const pinSoon = () => {
    pinTimer ??= setTimeout(pin, PIN_DELAY_MS);
  };
  const view = new ListView(model, elements, {
    options: () => options,
    onPaint: (rows) => {
      shown = rows;
      setCount(elements.scroller, view.scroller.total);
      if (!untracked(() => model.isFollowing.value)) pinSoon();
    },
    onError: (error) => {
      model.trouble.value = String(error instanceof Error ? error.message : error);
    },
  });
  view.start();
  const stops = [
    watchGestures(view, elements, {
      onPress: (row) => {
        if (row.kind === "entry") expectEntry(model.store, row.id);
      },
      onOpen: (row) => {
        if (row.kind === "entry") {
          model.trace.value = undefined;
          model.selected.value = row.id;
        }
      },
      onBringBack: (row) => {
        if (row.kind === "gap") void bringBack(model, row);
      },
    }),
    effect(() => {
      const next = makeOptions(model);
      if (keyOf(next) === keyOf(options)) return;
      options = next;
      untracked(() => view.repaint());
    }),
    effect(() => {
      void model.selected.value;
      void model.isFollowing.value;
      untracked(() => {
        view.setCursor(model.selected.value ?? view.cursor);
        pinSoon();
      });
    }),
  ];
  const timer = setInterval(() => {
    if (model.settings.value.zone === "relative") view.layer.refreshTimes();
  }, TIMES_INTERVAL_MS);
  model.list.value = {
    goTo: (anchor, isSelected) => void view.goTo(anchor, isSelected).catch(() => {}),
    follow: () => view.follow(),
    pause: () => view.pause(),
  };
  return {
    view,
    stop: () => {
      clearInterval(timer);
      clearTimeout(pinTimer);
      for (const stop of stops) stop();
      view.stop();
      model.list.value = undefined;
    },
  };
}

/** Row options, with what tells two of them apart. */
interface KeyedOptions extends RowOptions {
  readonly names: ReadonlyMap<string, string>;
}

function keyOf({ zone, hasProducers, words, names }: KeyedOptions): string {
  return JSON.stringify([zone, hasProducers, words, [...names]]);
}

/** Reads every signal that rows depend on. */
function makeOptions(model: Model): KeyedOptions {
  const origins = model.origins.value;
  const names = new Map(origins.map(({ id }) => [id, model.nameOf(id)]));
  return {
    zone: model.settings.value.zone,
    hasProducers: origins.length > 1,
    words: wordsOf(model.view.value.query),
    nameOf: (id) => names.get(id) ?? id,
    colourOf: (id) => model.colourOf(id),
    names,
    nowMs: Date.now,
  };
}

function setCount(scroller: HTMLElement, total: number): void {
  const count = String(total);
  if (scroller.getAttribute("aria-rowcount") !== count) {
    scroller.setAttribute("aria-rowcount", count);
  }
}
