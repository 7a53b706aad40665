/**
 * The rows in sight as elements. A row that stays keeps its element, so that a press, a selection and the focus on it stay;
 * elements of rows that leave are used for those that come. Their order is what is seen. A row that leaves with a part of a
 * selection in it stands aside, unseen and in its order, so that a selection never becomes one of other rows. Rows that a
 * selection goes past without their being painted are put aside, too.
 */

import type { ItemId, Row } from "../../store/protocol";
import { isSelecting } from "./gestures";
import { fillRow, isSameRow, type RowOptions, refreshGap, refreshTime } from "./row_element";
import { formatDay } from "./time";

/** Rows of a selection that stand aside. Of a longer selection only the nearest rows stay. */
export const MAX_ASIDE = 5_000;

interface Shown {
  row: Row;
  position: number;
  options: RowOptions;
  /** Whether the position is one of the view that is shown. */
  isPlaced: boolean;
}

/** Rows of a selection that are in no element: so many behind the row `after`. */
export interface Hole {
  readonly after: ItemId;
  readonly count: number;
}

export interface Marks {
  readonly cursor: ItemId | undefined;
  readonly selected: ItemId | undefined;
}

export class RowLayer {
  readonly #parent: HTMLElement;
  readonly #shown = new Map<HTMLElement, Shown>();
  #elements: HTMLElement[] = [];
  /** Before `#elements`, and behind them. */
  #aside: { before: HTMLElement[]; behind: HTMLElement[] } = { before: [], behind: [] };

  constructor(parent: HTMLElement) {
    this.#parent = parent;
  }

  /** The rows that are painted, from the top. */
  rows(): Row[] {
    return this.#elements.flatMap((element) => this.#shown.get(element)?.row ?? []);
  }

  rowOf(target: EventTarget | null): Row | undefined {
    const element = target instanceof Element ? target.closest<HTMLElement>(".row") : null;
    return element === null ? undefined : this.#shown.get(element)?.row;
  }

  elementOf(id: ItemId): HTMLElement | undefined {
    return this.#elements.find((element) => this.#shown.get(element)?.row.id === id);
  }

  /** Shows these rows, the first of them `offsetPx` above the upper edge. */
  paint(rows: readonly Row[], position: number, offsetPx: number, options: RowOptions): void {
    this.#arrange(rows, position);
    // The first row says its day, too, unless it is today.
    let day = formatDay(options.nowMs(), options.zone);
    for (const [index, row] of rows.entries()) {
      const element = this.#elements[index];
      if (element === undefined) continue;
      this.#fill(element, row, position + index, options);
      setAttribute(element, "aria-rowindex", String(position + index + 1));
      const rowDay = row.kind === "entry" ? formatDay(row.timeMs, options.zone) : day;
      setAttribute(element, "data-day", day !== "" && rowDay !== "" && rowDay !== day ? rowDay : undefined);
      day = rowDay === "" ? day : rowDay;
    }
    // No transform: Firefox takes a drag of a selection for one in the row below.
    this.#parent.style.marginTop = `${-offsetPx}px`;
  }

  mark({ cursor, selected }: Marks): void {
    const hasFocus = this.#parent.contains(document.activeElement);
    for (const element of this.#elements) {
      const id = this.#shown.get(element)?.row.id;
      element.classList.toggle("selected", id === selected);
      element.classList.toggle("cursor", id === cursor);
      setAttribute(element, "aria-selected", id === selected ? "true" : undefined);
      element.tabIndex = id === cursor ? 0 : -1;
      // The focus goes with the cursor, unless it is on a control of that row.
      if (hasFocus && id === cursor && !element.contains(document.activeElement)) {
        element.focus({ preventScroll: true });
      }
    }
  }

  refreshTimes(): void {
    for (const [element, { row, options }] of this.#shown) {
      refreshTime(element, row, options);
    }
  }

  /** So many rows have come before those that are shown. */
  shift(by: number): void {
    if (by !== 0) {
      for (const shown of this.#shown.values()) shown.position += by;
    }
  }

  /** Another view is shown: what lies between rows of the former one is not known. */
  forgetPlaces(): void {
    for (const shown of this.#shown.values()) shown.isPlaced = false;
  }

  /** The first place in the selection where rows are missing. */
  hole(): Hole | undefined {
    if (this.#aside.before.length + this.#aside.behind.length === 0) {
      return undefined;
    }
    const isSelected = selectionTest(this.#parent);
    let before: Shown | undefined;
    for (const element of this.#all()) {
      const shown = this.#shown.get(element);
      if (shown === undefined || !shown.isPlaced || isSelected?.(element) !== true) {
        before = undefined;
        continue;
      }
      if (before !== undefined && shown.position > before.position + 1) {
        return { after: before.row.id, count: shown.position - before.position - 1 };
      }
      before = shown;
    }
    return undefined;
  }

  /** Puts the rows aside that stand behind the row `after`, up to the next one that is here; the first one is at `position`. */
  fillHole(after: ItemId, rows: readonly Row[], position: number): void {
    const all = this.#all();
    const index = all.findIndex((element) => this.#shown.get(element)?.row.id === after);
    const [element, next] = all.slice(index, index + 2);
    const [shown, nextShown] = [element && this.#shown.get(element), next && this.#shown.get(next)];
    if (index === -1 || element === undefined || shown === undefined || nextShown === undefined) {
      return;
    }
    const count = rows.findIndex(({ id }) => id === nextShown.row.id);
    if (count === -1) {
      // The store has one of the two no more.
      nextShown.isPlaced = false;
      return;
    }
    // Where they are by now: rows may have come between them, or left.
    const [before, behind] = [position - 1 - shown.position, position + count - nextShown.position];
    for (const [at, each] of all.entries()) {
      const placed = this.#shown.get(each);
      if (placed !== undefined) placed.position += at <= index ? before : behind;
    }
    const made = rows.slice(0, count).map((row, offset) => {
      const filled = this.#make();
      this.#fill(filled, row, position + offset, shown.options);
      return filled;
    });
    element.after(...made);
    const aside = this.#aside;
    if (index < aside.before.length) {
      aside.before.splice(index + 1, 0, ...made);
    } else {
      aside.behind.splice(index + 1 - aside.before.length - this.#elements.length, 0, ...made);
    }
    this.#setAside(aside.before, aside.behind);
  }

  /** A click leaves a caret, whose row stays for a click with Shift. */
  forgetCaret(): void {
    const selection = document.getSelection();
    if (selection?.isCollapsed === true && this.#parent.contains(selection.anchorNode)) {
      selection.removeAllRanges();
    }
  }

  #all(): HTMLElement[] {
    return [...this.#aside.before, ...this.#elements, ...this.#aside.behind];
  }

  /** Has an element for each row, in order: its own where it has one. */
  #arrange(rows: readonly Row[], position: number): void {
    const wanted = new Set(rows.map(({ id }) => id));
    const kept = new Map<ItemId, HTMLElement>();
    const leaving: HTMLElement[] = [];
    const all = this.#all();
    for (const element of all) {
      const id = this.#shown.get(element)?.row.id;
      if (id !== undefined && wanted.has(id)) {
        kept.set(id, element);
      } else {
        leaving.push(element);
      }
    }
    const isSelected = selectionTest(this.#parent);
    if (isSelected === undefined && kept.size === 0 && all.length === rows.length) {
      // Every element is free, and stands where it is wanted.
      this.#elements = all;
      this.#setAside([], []);
      return;
    }
    const isBefore = this.#sideTest(all, kept, position);
    const before: HTMLElement[] = [];
    const behind: HTMLElement[] = [];
    const free: HTMLElement[] = [];
    for (const element of leaving) {
      const side = isSelected?.(element) === true ? isBefore(element) : undefined;
      (side === undefined ? free : side ? before : behind).push(element);
    }
    free.push(...before.splice(0, Math.max(0, before.length - MAX_ASIDE)), ...behind.splice(MAX_ASIDE));
    for (const element of free) {
      this.#giveUp(element);
    }
    const elements = rows.map(({ id }) => kept.get(id) ?? free.pop() ?? this.#make());
    let next: Element | null = this.#parent.firstElementChild;
    for (const element of [...before, ...elements, ...behind]) {
      if (element === next) {
        next = element.nextElementSibling;
      } else {
        this.#parent.insertBefore(element, next);
      }
    }
    for (const element of free) {
      this.#shown.delete(element);
    }
    this.#elements = elements;
    this.#setAside(before, behind);
  }

  /** On which side of the rows an element that leaves stays without being moved; undefined if it is among those that stay. */
  #sideTest(
    all: readonly HTMLElement[],
    kept: ReadonlyMap<ItemId, HTMLElement>,
    position: number,
  ): (element: HTMLElement) => boolean | undefined {
    const staying = new Set(kept.values());
    const order = new Map(all.map((element, index) => [element, index]));
    const first = all.findIndex((element) => staying.has(element));
    const last = all.findLastIndex((element) => staying.has(element));
    return (element) => {
      if (first === -1) {
        return (this.#shown.get(element)?.position ?? 0) < position;
      }
      const index = order.get(element) ?? 0;
      return index < first ? true : index > last ? false : undefined;
    };
  }

  #setAside(before: HTMLElement[], behind: HTMLElement[]): void {
    for (const element of this.#elements) element.classList.remove("aside");
    for (const element of [...before, ...behind]) element.classList.add("aside");
    this.#aside = { before, behind };
  }

  /** What has the focus hands it to the list: it would be lost. */
  #giveUp(element: HTMLElement): void {
    if (element.contains(document.activeElement)) {
      this.#parent.closest<HTMLElement>("[role=grid]")?.focus({ preventScroll: true });
    }
    element.remove();
  }

  #make(): HTMLElement {
    const made = document.createElement("div");
    made.setAttribute("role", "row");
    made.tabIndex = -1;
    return made;
  }

  #fill(element: HTMLElement, row: Row, position: number, options: RowOptions): void {
    const shown = this.#shown.get(element);
    const isKept = shown !== undefined && shown.options === options && shown.row.id === row.id;
    this.#shown.set(element, { row, position, options, isPlaced: true });
    if (isKept && isSameRow(shown.row, row)) {
      return;
    }
    if (isKept && row.kind === "gap") {
      refreshGap(element, row, options);
    } else {
      fillRow(element, row, options);
    }
  }
}

/**
 * Whether an element holds a part of the selection, or the caret from which a click with Shift will select; undefined if nothing
 * in `rows` does.
 */
function selectionTest(rows: HTMLElement): ((element: HTMLElement) => boolean) | undefined {
  const selection = document.getSelection();
  if (selection === null || !(isSelecting(rows) || rows.contains(selection.anchorNode))) {
    return undefined;
  }
  return (element) => selection.containsNode(element, true);
}

function setAttribute(element: HTMLElement, name: string, value: string | undefined): void {
  if (value === undefined) {
    element.removeAttribute(name);
  } else if (element.getAttribute(name) !== value) {
    element.setAttribute(name, value);
  }
}
