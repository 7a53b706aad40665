/**
 * Gives blocks to searchers, which look at them beside the store: two, so that both cores of a small machine work, and so
 * that a filter which is being tried leaves one to the filter that is shown. One that stands still, because a regular
 * expression finds no end, is ended and made anew. No I/O, no clock.
 */

import type { Filter } from "../query/filter";
import type { Targets } from "../targets";
import type { FromSearcher, ToSearcher } from "./messages";
import { copyOf } from "./searcher";
import type { Look, View } from "./view";

const SEARCHERS = 2;
/** So many blocks are posted together, and a searcher has twice as many at most: it never waits for the store. */
const BATCH_BLOCKS = 8;
/** A block takes a millisecond, and a very large one with a slow expression some hundreds of them. */
const SLOW_MS = 3_000;
/** Nobody waits for a filter that has been replaced. */
const OBSOLETE_MS = 200;
/** What is not used gives its memory back. */
const IDLE_MS = 20_000;
/** More than this at once says that the store itself, or the machine, stood still. */
const MAX_TICK_MS = 100;

/** A searcher that runs somewhere. */
export interface Running {
  /** What `buffersOf` names is transferred. */
  post(message: ToSearcher): void;
  /** Whether it would have been heard, had it said something a moment ago. */
  readonly isHeard: boolean;
  /** Ends it, whatever it does. */
  end(): void;
}

export type StartSearcher = (onMessage: (message: FromSearcher) => void, onError: () => void) => Running;

export interface PoolParts {
  readonly view: View;
  readonly targets: Targets;
  readonly start: StartSearcher;
  /** Something was found. */
  readonly onFound: () => void;
  /** A filter takes too long. The view has been given back what else its searcher had. */
  readonly onSlow: (filter: Filter) => void;
}

interface Slot {
  readonly running: Running;
  isReady: boolean;
  /** What it was told to look for. */
  filter: Filter | undefined;
  /** How many targets it knows. */
  targets: number;
  /** What it has, the first one first. */
  looks: Look[];
  /** For how long it has said nothing. */
  silentMs: number;
}

export class SearchPool {
  readonly #parts: PoolParts;
  readonly #slots: (Slot | undefined)[] = Array.from({ length: SEARCHERS }, () => undefined);

  constructor(parts: PoolParts) {
    this.#parts = parts;
    parts.view.hasSearchers = true;
  }

  /** Gives searchers what waits for them. */
  feed(): void {
    const { view } = this.#parts;
    if (view.hasSearchers && (view.isProbing || view.isQueryExpected)) {
      // Beginning takes longer than what they are given first.
      view.isQueryExpected = false;
      this.#startAll();
    }
    for (let index = 0; index < SEARCHERS && view.hasSearchers; index += 1) {
      this.#feed(index);
    }
  }

  /** To be called now and then, with the time since the last call. */
  tick(sinceMs: number): void {
    const { view } = this.#parts;
    for (const [index, slot] of this.#slots.entries()) {
      if (slot === undefined) {
        continue;
      }
      // A searcher that has not begun, or that is not heard, is slow for other reasons.
      slot.silentMs += slot.isReady && slot.running.isHeard ? Math.min(sinceMs, MAX_TICK_MS) : 0;
      const [look] = slot.looks;
      if (look === undefined ? slot.silentMs > IDLE_MS : slot.silentMs > SLOW_MS) {
        this.#end(index, slot);
        if (look !== undefined && view.isWanted(look.filter)) {
          this.#parts.onSlow(look.filter);
        }
      } else if (look !== undefined && slot.silentMs > OBSOLETE_MS && !view.isWanted(look.filter)) {
        this.#end(index, slot);
      }
    }
    this.feed();
  }

  #feed(index: number): void {
    for (
      let slot = this.#slots[index];
      (slot?.looks.length ?? 0) <= BATCH_BLOCKS;
      slot = this.#slots[index]
    ) {
      const looks = this.#take(index);
      const [first] = looks;
      if (first === undefined) {
        return;
      }
      const found = this.#slots[index] ?? this.#start(index);
      if (found.looks.length === 0) {
        found.silentMs = 0;
      }
      this.#prepare(found, first.filter);
      const blocks = looks.map(({ block, from }) => copyOf(block, from));
      found.looks.push(...looks);
      found.running.post({ kind: "look", blocks });
    }
  }

  /** Blocks for one filter. The first searcher alone tries a new one. */
  #take(index: number): Look[] {
    const { view } = this.#parts;
    const looks: Look[] = [];
    while (looks.length < BATCH_BLOCKS) {
      const look = view.next(index === 0);
      if (look === undefined) {
        break;
      }
      if (looks.length > 0 && look.filter !== looks[0]?.filter) {
        view.giveBack(look);
        break;
      }
      looks.push(look);
    }
    return looks;
  }

  #prepare(slot: Slot, filter: Filter): void {
    if (slot.filter !== filter) {
      slot.filter = filter;
      slot.running.post({ kind: "query", query: filter.query });
    }
    const { targets } = this.#parts;
    if (slot.targets < targets.count) {
      slot.running.post({ kind: "targets", texts: targets.from(slot.targets) });
      slot.targets = targets.count;
    }
  }

  /** The first one alone tries what is new. */
  #noteReady(): void {
    this.#parts.view.isSearcherReady = this.#slots[0]?.isReady === true;
  }

  #startAll(): void {
    for (const [index, slot] of this.#slots.entries()) {
      if (slot === undefined) this.#start(index);
    }
  }

  #start(index: number): Slot {
    const running = this.#parts.start(
      (message) => {
        if (this.#slots[index] === slot) this.#handle(slot, message);
      },
      () => {
        if (this.#slots[index] === slot) this.#giveUp();
      },
    );
    const slot: Slot = { running, isReady: false, filter: undefined, targets: 0, looks: [], silentMs: 0 };
    this.#slots[index] = slot;
    return slot;
  }

  #handle(slot: Slot, message: FromSearcher): void {
    slot.silentMs = 0;
    if (message.kind === "ready") {
      slot.isReady = true;
      this.#noteReady();
      this.feed();
      return;
    }
    for (const indexes of message.found) {
      const look = slot.looks.shift();
      if (look !== undefined) {
        this.#parts.view.found(look, indexes);
      }
    }
    this.feed();
    this.#parts.onFound();
  }

  /** Ends a searcher, and has others do what it has not done. */
  #end(index: number, { running, looks }: Slot): void {
    this.#slots[index] = undefined;
    this.#noteReady();
    running.end();
    for (const look of looks.reverse()) {
      this.#parts.view.giveBack(look);
    }
  }

  /** There can be no searchers here: the store does everything by itself. */
  #giveUp(): void {
    const { view, onFound } = this.#parts;
    for (const [index, slot] of this.#slots.entries()) {
      if (slot !== undefined) this.#end(index, slot);
    }
    view.showWithoutSearchers();
    onFound();
  }
}
