/**
 * The list: what it asks of the store, and what of that is painted. A painted frame is always one whole window of the store;
 * until the next one has come, the last one stays, because the rows lie in a layer that does not scroll.
 *
 * While it follows, it paints the last rows of the store and scrolls nothing. While it stands still, its place is that of an
 * item, so that rows which come, go or are found before it do not move it.
 */

import type { Anchor, ItemId, Row, Window } from "../../store/protocol";
import type { Model } from "../model";
import { type Place, RowCache } from "./row_cache";
import type { RowOptions } from "./row_element";
import { MAX_ASIDE, RowLayer } from "./row_layer";
import { Scroller } from "./scroller";
import { Unseen } from "./unseen";

/** While the list stands still, its rows are looked after so often. */
const REFRESH_INTERVAL_MS = 200;
/** Rows nearer than this to the anchor are asked for by their distance from it, which nothing changes. */
const NEAR_ROWS = 20_000;

type ItemAnchor = Extract<Anchor, { kind: "item" }>;

export interface ListElements {
  readonly scroller: HTMLElement;
  /** As high as all rows together, or as the browser allows. */
  readonly height: HTMLElement;
  /** Stays in sight. */
  readonly layer: HTMLElement;
  readonly rows: HTMLElement;
}

export interface ListHooks {
  options(): RowOptions;
  /** A new window is painted. */
  onPaint(rows: readonly Row[]): void;
  onError(error: unknown): void;
}

export class ListView {
  readonly layer: RowLayer;
  readonly scroller: Scroller;
  readonly #model: Model;
  readonly #hooks: ListHooks;
  readonly #unseen: Unseen;
  readonly #cache = new RowCache();
  #anchor: Place | undefined;
  #cursor: ItemId | undefined;
  /** Something came or went since the store was last asked. */
  #isStale = true;
  /** Of the view that the store shows. */
  #viewNumber = 0;
  #isViewNew = false;
  #refreshedAtMs = 0;
  #isAsking = false;
  #isFilling = false;
  #isScheduled = false;
  /** Grows with every wish of the reader that makes answers to former questions useless. */
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #stops: (() => void)[] = [];

  constructor(model: Model, elements: ListElements, hooks: ListHooks) {
    this.#model = model;
    this.#hooks = hooks;
    this.layer = new RowLayer(elements.rows);
    this.#unseen = new Unseen(model);
    this.scroller = new Scroller(elements, {
      isFollowing: () => this.isFollowing,
      onUp: () => this.pause(),
      onMoved: () => this.#moved(),
      onEnd: () => this.#reachedEnd(),
      onResized: () => this.#resized(),
    });
    this.#stops.push(
      model.store.on("changed", ({ view }) => {
        this.#isStale = true;
        if (view === this.#viewNumber) {
          this.schedule();
        } else {
          this.#viewNumber = view;
          this.#viewChanged();
        }
      }),
    );
  }

  start(): void {
    this.scroller.start();
    this.schedule();
  }

  get isFollowing(): boolean {
    return this.#model.isFollowing.value;
  }

  get cursor(): ItemId | undefined {
    return this.#cursor;
  }

  setCursor(id: ItemId | undefined): void {
    this.#cursor = id;
    this.#mark();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#turn += 1;
    this.scroller.stop();
    for (const stop of this.#stops) stop();
  }

  /** Stands still with the rows that are painted. */
  pause(): void {
    if (!this.isFollowing) {
      return;
    }
    this.#turn += 1;
    this.#model.isFollowing.value = false;
    // What is painted is fresh, and what the reader does next is answered first.
    this.#refreshedAtMs = performance.now();
    this.#takeAnchor();
    this.#unseen.begin(this.#cache.window);
    this.schedule();
  }

  follow(): void {
    this.#turn += 1;
    this.#model.isFollowing.value = true;
    this.#unseen.end();
    this.layer.forgetCaret();
    this.#anchor = undefined;
    // The next step is one from the newest row, not from where the reader was long ago.
    this.#cursor = undefined;
    this.#isStale = true;
    this.schedule();
  }

  /** The first row of the anchor comes to a third of the height, and `cursor` to it. */
  async goTo(anchor: Anchor, isSelected = false): Promise<void> {
    this.pause();
    this.#turn += 1;
    const turn = this.#turn;
    const from = anchor.kind === "item" ? anchor : await this.#itemAt(anchor);
    if (from === undefined || turn !== this.#turn) {
      return;
    }
    const inSight = this.scroller.rowsInSight();
    const [place, window] = await this.#askBoth(from, from.offset - inSight, inSight * 3);
    const { position, total } = place;
    const row = place.rows[0];
    if (turn !== this.#turn || row === undefined) {
      return;
    }
    // Rows that were asked for meanwhile are around the former place, and know nothing of this one.
    this.#turn += 1;
    this.#cursor = row.id;
    if (isSelected) {
      this.#model.selected.value = row.id;
    }
    this.scroller.setTotal(total);
    const { rowPx, viewportPx } = this.scroller;
    this.#anchor = { id: row.id, position };
    const topPx = position * rowPx;
    const isInSight =
      topPx >= this.scroller.topPx &&
      topPx + rowPx <= this.scroller.topPx + viewportPx &&
      this.#cache.positionOf(row.id) === position;
    // The view may be another one by now: positions in the former rows mean nothing at the new place.
    this.#cache.set(window);
    if (!isInSight) {
      this.scroller.goTo(topPx - Math.floor(viewportPx / 3 / rowPx) * rowPx);
    }
    this.#moved();
  }

  async #itemAt(anchor: Anchor): Promise<ItemAnchor | undefined> {
    const { rows } = await this.#model.store.ask("window", { anchor, count: 1 });
    return rows[0] && { kind: "item", id: rows[0].id, offset: 0 };
  }

  /** The row of an item, and `count` rows from `offset` on: of one state of the store, because nothing lies between. */
  #askBoth(item: ItemAnchor, offset: number, count: number): Promise<[Window, Window]> {
    const { store } = this.#model;
    return Promise.all([
      store.ask("window", { anchor: item, count: 1 }),
      store.ask("window", { anchor: { ...item, offset }, count }),
    ]);
  }

  /** Paints what it has anew, in another form. */
  repaint(): void {
    this.#paint();
  }

  scrollBy(deltaPx: number): void {
    this.scroller.goTo(this.scroller.topPx + deltaPx);
    this.#moved();
  }

  /** Scrolls as little as it takes to have an item in sight, if it is at hand. */
  reveal(id: ItemId): void {
    const position = this.#cache.positionOf(id);
    if (position !== undefined) {
      const { topPx, rowPx, viewportPx } = this.scroller;
      const rowTopPx = position * rowPx;
      const belowPx = Math.max(0, rowTopPx + rowPx - topPx - viewportPx);
      this.scrollBy(rowTopPx < topPx ? rowTopPx - topPx : belowPx);
    }
  }

  /** The item so many rows from another one, if both are at hand. */
  neighbourOf(id: ItemId, by: number): ItemId | undefined {
    return this.#cache.neighbourOf(id, by);
  }

  /** Has the next frame ask and paint what is wanted by then. */
  schedule(): void {
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      requestAnimationFrame(() => {
        this.#isScheduled = false;
        void this.#work();
      });
    }
  }

  /** The view is another one: the row that is read, or that is in the middle, stays where it is. */
  #viewChanged(): void {
    this.layer.forgetPlaces();
    if (!this.isFollowing) {
      const rows = this.layer.rows();
      const { selected } = this.#model;
      const kept =
        rows.find(({ id }) => id === selected.value) ??
        rows.find(({ id }) => id === this.#cursor) ??
        rows[rows.length >> 1];
      const position = kept && this.#cache.positionOf(kept.id);
      if (kept !== undefined && position !== undefined) {
        this.#anchor = { id: kept.id, position };
      }
    }
    this.#isViewNew = true;
    // The reader waits for it: what is asked now is painted in the next frame.
    void this.#work();
  }

  async #work(): Promise<void> {
    if (this.#isAsking || this.scroller.viewportPx === 0) {
      return;
    }
    const job = this.#nextJob();
    if (job === undefined) {
      return;
    }
    this.#isAsking = true;
    try {
      await job();
    } catch (error) {
      this.#hooks.onError(error);
      return;
    } finally {
      this.#isAsking = false;
    }
    if (this.#isViewNew) {
      void this.#work();
    } else {
      this.schedule();
    }
  }

  #nextJob(): (() => Promise<void>) | undefined {
    if (this.isFollowing) {
      return this.#isStale ? () => this.#askEnd() : undefined;
    }
    if (!this.#isCovered()) {
      return () => this.#askAround();
    }
    if (!this.#isStale) {
      return undefined;
    }
    const waitMs = this.#isViewNew ? 0 : this.#refreshedAtMs + REFRESH_INTERVAL_MS - performance.now();
    if (waitMs > 0) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.schedule(), waitMs);
      return undefined;
    }
    return () => this.#askAround();
  }

  async #askEnd(): Promise<void> {
    const turn = this.#turn;
    this.#isStale = false;
    this.#isViewNew = false;
    const window = await this.#model.store.ask("window", {
      anchor: { kind: "end" },
      count: this.scroller.rowsInSight(),
    });
    if (turn !== this.#turn) {
      this.#isStale = true;
      return;
    }
    this.#cache.set(window);
    this.scroller.followTo(window.total);
    this.#paint();
  }

  /** Asks for the rows around the place, and learns where its anchor is by now. */
  async #askAround(): Promise<void> {
    const turn = this.#turn;
    const { store } = this.#model;
    const inSight = this.scroller.rowsInSight();
    const first = Math.max(0, Math.floor(this.scroller.topPx / this.scroller.rowPx) - inSight);
    const count = inSight * 3;
    const anchor = this.#anchor;
    const isNear = anchor !== undefined && Math.abs(anchor.position - first) < NEAR_ROWS;
    this.#isStale = false;
    this.#isViewNew = false;
    this.#refreshedAtMs = performance.now();
    // Answers come in the order of the questions, and nothing lies between these.
    const [place, window] = await Promise.all([
      isNear
        ? store.ask("window", { anchor: { kind: "item", id: anchor.id, offset: 0 }, count: 1 })
        : undefined,
      store.ask("window", {
        anchor: isNear
          ? { kind: "item", id: anchor.id, offset: first - anchor.position }
          : { kind: "position", position: first },
        count,
      }),
      this.#unseen.ask(),
    ]);
    if (turn !== this.#turn) {
      this.#isStale = true;
      return;
    }
    const shift = place === undefined || anchor === undefined ? 0 : place.position - anchor.position;
    // The reader may have scrolled meanwhile, and so have another anchor, whose position is from before, too.
    this.#anchor = this.#anchor && { id: this.#anchor.id, position: this.#anchor.position + shift };
    this.#cache.set(window);
    this.layer.shift(shift);
    this.scroller.setTotal(window.total, shift);
    this.#paint();
    if (!isNear) {
      this.#takeAnchor();
    }
  }

  #moved(): void {
    if (this.#isCovered()) {
      this.#paint();
      this.#takeAnchor();
    }
    this.schedule();
  }

  #reachedEnd(): void {
    const selection = document.getSelection();
    if (!this.isFollowing && selection?.isCollapsed !== false && this.#model.selected.value === undefined) {
      this.follow();
    }
  }

  #resized(): void {
    this.#isStale = true;
    // What is being read stays in sight in less room, as beside a panel that has just opened.
    const read = this.#model.selected.peek() ?? this.#cursor;
    if (!this.isFollowing && read !== undefined && this.layer.rows().some(({ id }) => id === read)) {
      this.reveal(read);
    }
    this.#paint();
    this.schedule();
  }

  /** The first row that is painted in full is the one that stays in place. */
  #takeAnchor(): void {
    this.#anchor = this.#cache.placeAt(Math.ceil(this.scroller.topPx / this.scroller.rowPx)) ?? this.#anchor;
  }

  /** The positions in sight, without the last. */
  #sight(): { first: number; end: number } {
    const { topPx, viewportPx, rowPx, total } = this.scroller;
    const first = Math.floor(topPx / rowPx);
    return { first, end: Math.min(total, Math.ceil((topPx + viewportPx) / rowPx)) };
  }

  #isCovered(): boolean {
    const { first, end } = this.#sight();
    return this.#cache.covers(first, end);
  }

  /** If the reader has gone on since the window was asked for, the nearest whole part of it shows the way. */
  #paint(): void {
    const { first, end } = this.#sight();
    const found = this.#cache.nearest(first, end);
    if (found !== undefined) {
      const { topPx, rowPx } = this.scroller;
      this.#show(found.rows, found.position, found.position === first ? topPx - first * rowPx : 0);
    }
  }

  #show(rows: readonly Row[], position: number, offsetPx: number): void {
    this.layer.paint(rows, position, offsetPx, this.#hooks.options());
    this.#unseen.sawUpTo(position + rows.length - 1, rows.at(-1)?.id);
    this.#mark();
    this.#hooks.onPaint(rows);
    this.fillSelection();
  }

  /** Gets the rows that the selection has gone past, as by a wheel that is turned in a drag. */
  fillSelection(): void {
    const hole = this.#isFilling || this.isFollowing ? undefined : this.layer.hole();
    if (hole === undefined || hole.count > MAX_ASIDE) {
      return;
    }
    const { after, count } = hole;
    const view = this.#viewNumber;
    this.#isFilling = true;
    this.#model.store
      .ask("window", { anchor: { kind: "item", id: after, offset: 1 }, count: count + 1 })
      .finally(() => {
        this.#isFilling = false;
      })
      .then(({ rows, position }) => {
        if (view === this.#viewNumber) {
          this.layer.fillHole(after, rows, position);
        }
        this.fillSelection();
      })
      .catch((error: unknown) => this.#hooks.onError(error));
  }

  #mark(): void {
    this.layer.mark({ cursor: this.#cursor, selected: this.#model.selected.value });
  }
}
