/**
 * What of the log the list shows. Blocks are looked at one after the other, the newest first: here where columns decide or
 * there is nobody else, and by searchers otherwise.
 */

import type { Block } from "../block";
import { Filter } from "../query/filter";
import { type LookingParts, passing } from "./looking";
import { type Found, type Outcome, Probe } from "./probe";

export interface ViewParts extends LookingParts {
  /** Whether the mark is worth a row. */
  readonly isMarkShown: () => boolean;
  /** The blocks that are held, the oldest first. */
  readonly blocks: () => Iterable<Block>;
  /** A block has been looked at. */
  readonly onEvaluated: (block: Block) => void;
  /** Every block is to be looked at by another filter. */
  readonly onSwitched: () => void;
}

/** A block to be looked at by a filter, from an index on. */
export interface Look {
  readonly filter: Filter;
  readonly block: Block;
  readonly from: number;
  readonly count: number;
}

const NOTHING = new Uint16Array();

export class View {
  readonly #parts: ViewParts;
  #filter = new Filter({ kind: "all" }, { muted: [], range: undefined });
  #probe: Probe | undefined;
  /** Blocks that have to be looked at, the next one last. */
  #pending: Block[] = [];
  /** Those, and the ones that searchers have. */
  readonly #isPending = new Set<Block>();
  #number = 0;
  /** Whether there are searchers for what columns do not decide. */
  hasSearchers = false;
  /** Whether a query is about to be written that searchers will have to look for. */
  isQueryExpected = false;
  /** Whether the searcher that tries a new filter has begun. */
  isSearcherReady = false;

  constructor(parts: ViewParts) {
    this.#parts = parts;
  }

  /** Is another one whenever another filter is shown. */
  get number(): number {
    return this.#number;
  }

  /** Whether blocks wait to be looked at here. */
  get isBusy(): boolean {
    return this.#isOwnProbe || (this.#pending.length > 0 && !this.#isForSearchers(this.#filter));
  }

  /** Whether a filter is being tried. */
  get isProbing(): boolean {
    return this.#probe !== undefined;
  }

  /** Whether blocks are looked at by this filter. */
  isWanted(filter: Filter): boolean {
    return filter === this.#filter || filter === this.#probe?.filter;
  }

  /** Shows what a filter passes: at once, or, if searchers have to find it, when they have found the first of it. */
  show(filter: Filter): Promise<Outcome> | undefined {
    this.#probe?.end("replaced");
    this.#probe = undefined;
    if (!this.#isForSearchers(filter)) {
      this.#switch(filter, () => undefined);
      return undefined;
    }
    const outcome = new Promise<Outcome>((resolve) => {
      this.#probe = new Probe(filter, this.#parts.blocks(), resolve);
    });
    this.#showIfRipe();
    return outcome;
  }

  /** Goes on without the filter that is being tried. */
  endProbe(outcome: Outcome): void {
    this.#probe?.end(outcome);
    this.#probe = undefined;
  }

  /** Looks at everything here from now on. */
  showWithoutSearchers(): void {
    this.hasSearchers = false;
    if (this.#probe !== undefined) {
      this.#showProbe(this.#probe);
    }
  }

  /** A block is new, or has got more entries. What needs no look is known at once. */
  admit(block: Block): void {
    if (block.kind !== "entries") {
      block.evaluated = this.#filter.passesRow(block, this.#parts.isMarkShown()) ? 1 : 0;
    } else if (this.#filter.passesAll) {
      block.evaluated = block.count;
    } else if (!this.#isPending.has(block)) {
      this.#pending.push(block);
      this.#isPending.add(block);
    }
  }

  forget(block: Block): void {
    this.#isPending.delete(block);
  }

  /** Looks at the next block here, if one waits. */
  step(): void {
    const look = (this.#isOwnProbe ? this.#nextOfProbe() : undefined) ?? this.#next();
    if (look !== undefined) {
      this.found(look, passing(look.filter.matcher, look.block, look.from, this.#parts));
    }
  }

  /** The next block for a searcher. `mayProbe`: of the filter that is being tried, if there is one. */
  next(mayProbe: boolean): Look | undefined {
    const look = mayProbe && !this.#isOwnProbe ? this.#nextOfProbe() : undefined;
    if (look !== undefined) {
      return look;
    }
    return this.#isForSearchers(this.#filter) ? this.#next() : undefined;
  }

  /** What the query of a look passes of its entries. */
  found({ filter, block, from, count }: Look, indexes: Uint16Array): void {
    if (filter === this.#probe?.filter) {
      this.#probe.take(block, { count, indexes: filter.inRange(block, indexes) });
      this.#showIfRipe();
    } else if (filter === this.#filter && from === block.evaluated && this.#isPending.delete(block)) {
      this.#take(block, { count, indexes: filter.inRange(block, indexes) });
      this.#admitRest(block);
      this.#parts.onEvaluated(block);
    }
  }

  /** Nobody will look at it. */
  giveBack({ filter, block }: Look): void {
    if (filter === this.#probe?.filter) {
      this.#probe.giveBack(block);
    } else if (filter === this.#filter && this.#isPending.has(block)) {
      this.#pending.push(block);
    }
  }

  /** Whether a filter is being tried here, because no searcher has begun. */
  get #isOwnProbe(): boolean {
    return !this.isSearcherReady && this.#probe?.isForStore === true;
  }

  #isForSearchers(filter: Filter): boolean {
    return this.hasSearchers && !filter.isByColumns;
  }

  #nextOfProbe(): Look | undefined {
    const probe = this.#probe;
    const block = probe?.next();
    return probe === undefined || block === undefined
      ? undefined
      : { filter: probe.filter, block, from: 0, count: block.count };
  }

  /** Passes over blocks that have gone, or of which nothing passes. */
  #next(): Look | undefined {
    const filter = this.#filter;
    for (let block = this.#pending.pop(); block !== undefined; block = this.#pending.pop()) {
      if (this.#isPending.has(block)) {
        const look = { filter, block, from: block.evaluated, count: block.count };
        if (!filter.excludes(block)) {
          return look;
        }
        this.found(look, NOTHING);
      }
    }
    return undefined;
  }

  #showIfRipe(): void {
    if (this.#probe?.isRipe) {
      this.#showProbe(this.#probe);
    }
  }

  #showProbe(probe: Probe): void {
    this.#probe = undefined;
    this.#switch(probe.filter, (block) => probe.found(block));
    probe.end("shown");
  }

  #switch(filter: Filter, foundIn: (block: Block) => Found | undefined): void {
    this.#filter = filter;
    this.#number += 1;
    this.#pending = [];
    this.#isPending.clear();
    for (const block of this.#parts.blocks()) {
      block.evaluated = 0;
      block.matches = undefined;
      const found = foundIn(block);
      if (found === undefined) {
        this.admit(block);
      } else {
        this.#take(block, found);
        this.#admitRest(block);
      }
    }
    this.#parts.onSwitched();
  }

  #admitRest(block: Block): void {
    if (block.count > block.evaluated) {
      this.admit(block);
    }
  }

  #take(block: Block, { count, indexes }: Found): void {
    const from = block.evaluated;
    const isAll = indexes.length === count - from && block.matches === undefined;
    if (!isAll) {
      const known = block.matches ?? Uint16Array.from({ length: from }, (_, index) => index);
      const matches = new Uint16Array(known.length + indexes.length);
      matches.set(known);
      matches.set(indexes, known.length);
      block.matches = matches;
    }
    block.evaluated = count;
  }
}
