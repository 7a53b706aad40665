/**
 * Back closes what is open, then undoes one click on a filter after the other, before it leaves the page. Each layer that opens
 * has an entry in the history. One that is closed by other means leaves its entry behind, which Back passes over. A step to
 * another address lies below the layers that are open.
 */

export interface BackTarget {
  /** How many layers are open. */
  depth(): number;
  closeInnermost(): void;
  /** The browser shows another address of the page: of another step, or of a link that the reader has followed. */
  onAddress(): void;
  /** The address of the entry in the history is an older one, and the page stays as it is. */
  onStay(): void;
}

/** What it needs of `window.history`. */
export interface HistoryLike {
  readonly state: unknown;
  pushState(state: unknown, unused: string, address?: string): void;
  replaceState(state: unknown, unused: string, address?: string): void;
  back(): void;
}

/** What an entry of the history is of. */
interface Mark {
  /** How many layers were open. */
  readonly depth: number;
  /** How many steps had been taken. */
  readonly step: number;
}

export class Back {
  readonly #history: HistoryLike;
  readonly #target: BackTarget;
  /** Of the entry that the browser shows. */
  #mark: Mark;

  constructor(history: HistoryLike, target: BackTarget) {
    this.#history = history;
    this.#target = target;
    const mark = markOf(history.state);
    this.#mark = mark ?? { depth: 0, step: 0 };
    if (mark === undefined) {
      history.replaceState(this.#mark, "");
    }
  }

  /** Something has been opened or closed. */
  update(): void {
    while (this.#mark.depth < this.#target.depth()) {
      this.#mark = { ...this.#mark, depth: this.#mark.depth + 1 };
      this.#history.pushState(this.#mark, "");
    }
  }

  /** The reader has gone to another address of the page, by a click that Back undoes. */
  step(address: string): void {
    const { depth, step } = this.#mark;
    this.#mark = { depth: 0, step: step + 1 };
    if (depth > 0) {
      // The entry of the innermost layer, which gets another one behind the step.
      this.#history.replaceState(this.#mark, "", address);
    } else {
      this.#history.pushState(this.#mark, "", address);
    }
    this.update();
  }

  /** The browser has gone to another entry of the history. */
  popped(): void {
    const mark = markOf(this.#history.state);
    if (mark === undefined) {
      // Not one of these: a link within the page.
      this.#mark = { depth: this.#target.depth(), step: this.#mark.step + 1 };
      this.#history.replaceState(this.#mark, "");
      this.#target.onAddress();
      return;
    }
    const before = this.#mark;
    this.#mark = mark;
    const isOtherStep = mark.step !== before.step;
    const isLeftBehind = !isOtherStep && mark.depth < before.depth && this.#target.depth() <= mark.depth;
    while (this.#target.depth() > mark.depth) {
      this.#target.closeInnermost();
    }
    if (isOtherStep || mark.depth === before.depth) {
      this.#target.onAddress();
    } else {
      this.#target.onStay();
    }
    if (isLeftBehind) {
      this.#history.back();
    }
  }
}

function markOf(state: unknown): Mark | undefined {
  if (typeof state !== "object" || state === null || !("depth" in state) || typeof state.depth !== "number") {
    return undefined;
  }
  return { depth: state.depth, step: "step" in state && typeof state.step === "number" ? state.step : 0 };
}
