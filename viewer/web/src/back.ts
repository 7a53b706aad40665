/**
 * Back closes what is open before it leaves the page. Each layer that opens has an entry in the history. One that is closed by
 * other means leaves its entry behind, which Back passes over.
 */

export interface BackTarget {
  /** How many layers are open. */
  depth(): number;
  closeInnermost(): void;
  /** The browser shows another address of the page, which the reader has gone to. */
  onAddress(): void;
  /** The address of the entry in the history is an older one, and the page stays as it is. */
  onStay(): void;
}

/** What it needs of `window.history`. */
export interface HistoryLike {
  readonly state: unknown;
  pushState(state: unknown, unused: string): void;
  replaceState(state: unknown, unused: string): void;
  back(): void;
}

export class Back {
  readonly #history: HistoryLike;
  readonly #target: BackTarget;
  /** Of the entry that the browser shows. */
  #depth: number;

  constructor(history: HistoryLike, target: BackTarget) {
    this.#history = history;
    this.#target = target;
    const depth = depthOf(history.state);
    this.#depth = depth ?? 0;
    if (depth === undefined) {
      this.#replace();
    }
  }

  /** Something has been opened or closed. */
  update(): void {
    while (this.#depth < this.#target.depth()) {
      this.#depth += 1;
      this.#history.pushState({ depth: this.#depth }, "");
    }
  }

  /** The browser has gone to another entry of the history. */
  popped(): void {
    const depth = depthOf(this.#history.state);
    if (depth === undefined) {
      // Not one of these: a link within the page.
      this.#depth = this.#target.depth();
      this.#replace();
      this.#target.onAddress();
      return;
    }
    const before = this.#depth;
    this.#depth = depth;
    if (depth === before) {
      this.#target.onAddress();
      return;
    }
    const isLeftBehind = depth < before && this.#target.depth() <= depth;
    while (this.#target.depth() > depth) {
      this.#target.closeInnermost();
    }
    this.#target.onStay();
    if (isLeftBehind) {
      this.#history.back();
    }
  }

  #replace(): void {
    this.#history.replaceState({ depth: this.#depth }, "");
  }
}

function depthOf(state: unknown): number | undefined {
  return typeof state === "object" && state !== null && "depth" in state && typeof state.depth === "number"
    ? state.depth
    : undefined;
}
