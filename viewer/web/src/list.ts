/**
 * The list of entries. Only the rows in sight exist. It follows the newest until the user scrolls up; then it stands
 * still, with the entries that it has, until the user is back at its end.
 */

import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualizerOptions,
} from "@tanstack/virtual-core";
import { formatCount } from "./format";
import type { Store } from "./store";

export interface ListElements {
  readonly scroller: HTMLElement;
  readonly rows: HTMLElement;
  /** The button that leads back to the newest entry. */
  readonly resume: HTMLElement;
}

/** Makes the row of the item with this number. */
export type MakeRow = (number: number, isOpen: boolean, onToggle: () => void) => HTMLElement;

/** Closer to the end than this is at the end: a browser rounds. */
const END_TOLERANCE_PX = 4;

export class List {
  readonly #store: Store;
  readonly #elements: ListElements;
  readonly #makeRow: MakeRow;
  readonly #virtualizer: Virtualizer<HTMLElement, HTMLElement>;
  readonly #rows = new Map<number, HTMLElement>();
  readonly #open = new Set<number>();
  #rowHeightPx: number;
  /** The entries that the list has, by number: `#first` to `#end`, without `#end`. */
  #first = 0;
  #end = 0;
  #spacerPx = 0;
  #isFollowing = true;
  #lastScrollTop = 0;

  constructor(store: Store, elements: ListElements, makeRow: MakeRow) {
    this.#store = store;
    this.#elements = elements;
    this.#makeRow = makeRow;
    this.#rowHeightPx = readRowHeight(elements.rows);
    this.#virtualizer = new Virtualizer(this.#options());
    // The keyboard scrolls it too.
    elements.scroller.tabIndex = 0;
    this.#virtualizer._didMount();
    this.#virtualizer._willUpdate();
    elements.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    elements.resume.addEventListener("click", () => this.follow());
    // The button floats above the list, and would keep the wheel from it.
    elements.resume.addEventListener("wheel", ({ deltaY }) => elements.scroller.scrollBy(0, deltaY), {
      passive: true,
    });
    matchMedia("(max-width: 700px)").addEventListener("change", () => this.#layOutAnew());
  }

  /** Shows what the store holds now. */
  update(): void {
    this.#take();
    this.#virtualizer.setOptions(this.#options());
    // The virtualizer scrolls to where the rows will be: there must be room for them.
    this.#resize();
    this.#virtualizer._willUpdate();
    this.#render();
  }

  /** Goes to the newest entry, and stays there. */
  follow(): void {
    this.#isFollowing = true;
    this.update();
    this.#virtualizer.scrollToEnd();
    this.#elements.scroller.focus();
  }

  #options(): VirtualizerOptions<HTMLElement, HTMLElement> {
    const first = this.#first;
    return {
      count: this.#end - this.#first,
      getScrollElement: () => this.#elements.scroller,
      estimateSize: () => this.#rowHeightPx,
      getItemKey: (index) => first + index,
      overscan: 12,
      paddingStart: this.#spacerPx,
      anchorTo: this.#isFollowing ? "end" : "start",
      followOnAppend: this.#isFollowing,
      scrollEndThreshold: this.#isFollowing ? Number.POSITIVE_INFINITY : END_TOLERANCE_PX,
      scrollToFn: elementScroll,
      observeElementRect,
      observeElementOffset,
      onChange: () => this.#render(),
    };
  }

  /**
   * Takes what the store has. Where the list stands still and its oldest entries go, a spacer takes their room: a
   * change of the scroll position would cut short the scrolling of the user. It goes when it would come into sight.
   */
  #take(): void {
    const { first, end } = this.#store;
    if (first >= this.#end) {
      this.#isFollowing = true;
    }
    if (this.#isFollowing) {
      this.#spacerPx = 0;
      this.#end = end;
    } else if (first > this.#first) {
      const oldest = this.#virtualizer.measurementsCache[first - this.#first];
      this.#spacerPx = oldest?.start ?? 0;
    }
    this.#first = first;
    if (this.#elements.scroller.scrollTop < this.#spacerPx) {
      this.#spacerPx = 0;
      this.#virtualizer.scrollToOffset(0);
    }
  }

  #scrolled(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.#elements.scroller;
    const isAtEnd = scrollHeight - clientHeight - scrollTop < END_TOLERANCE_PX;
    const isMovingUp = scrollTop < this.#lastScrollTop;
    this.#lastScrollTop = scrollTop;
    if (isAtEnd && !this.#isFollowing) {
      this.#isFollowing = !this.#isReading();
      this.#end = this.#store.end;
      this.update();
    } else if (!isAtEnd && isMovingUp) {
      this.#isFollowing = false;
      this.#renderResume();
    }
  }

  /** Whether an opened entry is in sight: who reads it does not want it to move away. */
  #isReading(): boolean {
    return this.#virtualizer.getVirtualItems().some(({ key }) => this.#open.has(Number(key)));
  }

  #render(): void {
    this.#resize();
    const stale = new Set(this.#rows.keys());
    for (const item of this.#virtualizer.getVirtualItems()) {
      const number = Number(item.key);
      stale.delete(number);
      const row = this.#rows.get(number) ?? this.#addRow(number);
      row.dataset.index = String(item.index);
      row.style.transform = `translateY(${item.start}px)`;
    }
    for (const number of stale) {
      this.#removeRow(number);
    }
    this.#renderResume();
  }

  #resize(): void {
    this.#elements.rows.style.height = `${this.#virtualizer.getTotalSize()}px`;
  }

  #renderResume(): void {
    const { resume } = this.#elements;
    resume.hidden = this.#isFollowing;
    const unseen = this.#store.end - this.#end;
    resume.textContent = unseen === 0 ? "↓ newest" : `↓ ${formatCount(unseen)} new`;
  }

  #addRow(number: number): HTMLElement {
    const isOpen = this.#open.has(number);
    const row = this.#makeRow(number, isOpen, () => this.#toggle(number));
    this.#rows.set(number, row);
    row.dataset.index = String(number - this.#first);
    this.#elements.rows.append(row);
    if (isOpen) {
      this.#virtualizer.measureElement(row);
    }
    return row;
  }

  #removeRow(number: number): void {
    this.#rows.get(number)?.remove();
    this.#rows.delete(number);
    if (this.#open.has(number)) {
      this.#virtualizer.measureElement(null);
    }
  }

  #clearRows(): void {
    for (const number of [...this.#rows.keys()]) {
      this.#removeRow(number);
    }
  }

  #toggle(number: number): void {
    const hadFocus = this.#rows.get(number)?.contains(document.activeElement);
    this.#removeRow(number);
    if (this.#open.delete(number)) {
      this.#virtualizer.resizeItem(number - this.#first, this.#rowHeightPx);
    } else {
      this.#open.add(number);
      this.#isFollowing = false;
    }
    this.update();
    const row = this.#rows.get(number);
    if (row !== undefined && this.#open.has(number)) {
      // The virtualizer measures it later; it is to be in sight now.
      this.#virtualizer.resizeItem(number - this.#first, row.offsetHeight);
      row.scrollIntoView({ block: "nearest" });
    } else {
      this.#scrolled();
    }
    if (hadFocus) {
      row?.querySelector("button")?.focus();
    }
  }

  #layOutAnew(): void {
    const top = this.#virtualizer.getVirtualItemForOffset(this.#elements.scroller.scrollTop)?.index ?? 0;
    this.#rowHeightPx = readRowHeight(this.#elements.rows);
    this.#clearRows();
    this.#virtualizer.measure();
    this.update();
    if (!this.#isFollowing) {
      this.#virtualizer.scrollToIndex(top, { align: "start" });
    }
  }
}

/** The height of a closed row, which the style sheet decides. */
function readRowHeight(rows: HTMLElement): number {
  return Number.parseFloat(getComputedStyle(rows).getPropertyValue("--row-height"));
}
