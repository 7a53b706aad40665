/** The native scroller of the list: its scroll bar stands for all rows, and its movements are those of the reader. */

import {
  clampTop,
  type Extent,
  maxNative,
  maxTop,
  move,
  nativeHeight,
  type ScrollPlace,
  toNative,
} from "./scale";

/** While the list follows, the scroll bar is corrected so often. */
const FOLLOW_INTERVAL_MS = 200;
/** A scroll that has rested for so long has ended, if no `scrollend` has said so: not every browser has it for every scroll. */
const SCROLL_END_MS = 700;
/** Closer to the end than this is at the end: a browser rounds. */
const END_TOLERANCE_PX = 2;

export interface ScrollerElements {
  readonly scroller: HTMLElement;
  readonly height: HTMLElement;
  readonly layer: HTMLElement;
}

export interface ScrollerHandlers {
  isFollowing(): boolean;
  /** The reader moves up, and the list follows. */
  onUp(): void;
  /** `topPx` is another one. */
  onMoved(): void;
  /** The reader has come down to the very end. */
  onEnd(): void;
  onResized(): void;
}

export class Scroller {
  readonly #elements: ScrollerElements;
  readonly #handlers: ScrollerHandlers;
  readonly #observer: ResizeObserver;
  readonly #abort = new AbortController();
  rowPx: number;
  viewportPx = 0;
  total = 0;
  #place: ScrollPlace = { topPx: 0, nativePx: 0 };
  #heightPx = -1;
  /** The browser is scrolling, and would stop if it were told where. */
  #isMoving = false;
  #followedAtMs = 0;
  #endTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(elements: ScrollerElements, handlers: ScrollerHandlers) {
    this.#elements = elements;
    this.#handlers = handlers;
    this.rowPx = readRowHeight(elements.layer);
    const { scroller } = elements;
    const options = { passive: true, signal: this.#abort.signal };
    scroller.addEventListener("scroll", () => this.#scrolled(), options);
    scroller.addEventListener("scrollend", () => this.#settle(), options);
    scroller.addEventListener("wheel", ({ deltaY }) => this.#turned(deltaY), options);
    this.#observer = new ResizeObserver(() => this.#resize());
  }

  start(): void {
    this.#observer.observe(this.#elements.scroller);
    this.#resize();
  }

  get topPx(): number {
    return this.#place.topPx;
  }

  stop(): void {
    this.#abort.abort();
    this.#observer.disconnect();
    clearTimeout(this.#endTimer);
  }

  /** How many rows a viewport can show a part of. */
  rowsInSight(): number {
    return Math.ceil(this.viewportPx / this.rowPx) + 1;
  }

  /** The list follows, and the view has so many rows: its end is in sight. */
  followTo(total: number): void {
    this.total = total;
    this.#place = { ...this.#place, topPx: maxTop(this.#extent()) };
    const now = performance.now();
    // Writing a scroll position costs a layout: the bar does not have to be right in every frame.
    if (now - this.#followedAtMs > FOLLOW_INTERVAL_MS || this.#heightPx < 4 * this.viewportPx) {
      this.#followedAtMs = now;
      this.#setHeight();
      this.#write(maxNative(this.#extent()));
    }
  }

  /**
   * The view has so many rows, `shift` of which are new before those in sight, which stay there: they are elsewhere by now. The
   * bar comes after them when it is at rest.
   */
  setTotal(total: number, shift = 0): void {
    this.total = total;
    this.#setHeight();
    this.#place = { ...this.#place, topPx: clampTop(this.#place.topPx + shift * this.rowPx, this.#extent()) };
    if (!this.#isMoving) {
      this.#settle();
    }
  }

  goTo(topPx: number): void {
    const extent = this.#extent();
    this.#place = { ...this.#place, topPx: clampTop(topPx, extent) };
    this.#setHeight();
    this.#write(toNative(this.#place.topPx, extent));
  }

  isAtEnd(): boolean {
    return this.#place.topPx >= maxTop(this.#extent()) - END_TOLERANCE_PX;
  }

  #extent(): Extent {
    return { rowsPx: this.total * this.rowPx, viewportPx: this.viewportPx };
  }

  #scrolled(): void {
    const { scrollTop } = this.#elements.scroller;
    const delta = scrollTop - this.#place.nativePx;
    if (Math.abs(delta) < 1) {
      return;
    }
    if (this.#handlers.isFollowing()) {
      if (delta > 0) {
        this.#place = { ...this.#place, nativePx: scrollTop };
        return;
      }
      this.#handlers.onUp();
    }
    this.#place = move(this.#place, scrollTop, this.#extent());
    this.#awaitEnd();
    if (delta > 0 && this.isAtEnd()) {
      this.#handlers.onEnd();
    }
    this.#handlers.onMoved();
  }

  #turned(deltaY: number): void {
    if (deltaY < 0) {
      this.#awaitEnd();
      this.#handlers.onUp();
    } else if (deltaY > 0 && this.isAtEnd()) {
      this.#handlers.onEnd();
    }
  }

  #awaitEnd(): void {
    this.#isMoving = true;
    clearTimeout(this.#endTimer);
    this.#endTimer = setTimeout(() => this.#settle(), SCROLL_END_MS);
  }

  /** Scrolling has ended: the bar comes to where the rows are. */
  #settle(): void {
    this.#isMoving = false;
    clearTimeout(this.#endTimer);
    if (!this.#handlers.isFollowing()) {
      this.#write(toNative(this.#place.topPx, this.#extent()));
    }
  }

  #setHeight(): void {
    const heightPx = nativeHeight(this.#extent());
    if (heightPx === this.#heightPx) {
      return;
    }
    const isLower = heightPx < this.#heightPx;
    this.#heightPx = heightPx;
    this.#elements.height.style.height = `${heightPx}px`;
    if (isLower) {
      // The browser has moved it, if it was below: that was not the reader.
      this.#place = { ...this.#place, nativePx: this.#elements.scroller.scrollTop };
    }
  }

  #write(nativePx: number): void {
    const { scroller } = this.#elements;
    if (Math.abs(nativePx - this.#place.nativePx) >= 1) {
      scroller.scrollTop = nativePx;
      this.#place = { ...this.#place, nativePx: scroller.scrollTop };
    }
  }

  #resize(): void {
    const { scroller, layer } = this.#elements;
    this.viewportPx = scroller.clientHeight;
    const rowPx = readRowHeight(layer);
    // Where rows take more or fewer lines, the first one stays.
    this.#place = { ...this.#place, topPx: (this.#place.topPx / this.rowPx) * rowPx };
    this.rowPx = rowPx;
    layer.style.height = `${this.viewportPx}px`;
    if (this.#handlers.isFollowing()) {
      this.#followedAtMs = 0;
      this.followTo(this.total);
    } else {
      this.setTotal(this.total);
    }
    // The browser may have moved it.
    this.#place = { ...this.#place, nativePx: scroller.scrollTop };
    this.#handlers.onResized();
  }
}

/** The style sheet decides. */
function readRowHeight(element: HTMLElement): number {
  return Number.parseFloat(getComputedStyle(element).getPropertyValue("--row-height")) || 22;
}
