/** What a reader does to the list with the keyboard. */

import type { ItemId, Step } from "../../store/protocol";
import type { Model } from "../model";
import type { ListView } from "./list_view";

export class ListCommands {
  readonly #model: Model;
  readonly #view: ListView;
  readonly #takeFocus: () => void;

  constructor(model: Model, view: ListView, takeFocus: () => void) {
    this.#model = model;
    this.#view = view;
    this.#takeFocus = takeFocus;
  }

  toggle(): void {
    if (this.#view.isFollowing) {
      this.#view.pause();
    } else {
      this.follow();
    }
  }

  follow(): void {
    this.#takeFocus();
    this.#view.follow();
  }

  first(): void {
    this.#view.pause();
    this.#view.scroller.goTo(0);
    this.#view.schedule();
    this.#view.repaint();
  }

  page(direction: 1 | -1): void {
    this.#view.pause();
    this.#view.scrollBy(direction * (this.#view.scroller.viewportPx - this.#view.scroller.rowPx));
  }

  /** Moves the cursor by rows; an open panel goes with it. */
  async walk(by: 1 | -1): Promise<void> {
    this.#view.pause();
    const from = this.#from(by);
    if (from === undefined) {
      return;
    }
    if (this.#view.cursor === undefined) {
      this.#view.setCursor(from);
      this.#view.reveal(from);
      return;
    }
    const next = this.#view.neighbourOf(from, by);
    if (next !== undefined) {
      this.#view.setCursor(next);
      this.#select(next);
      this.#view.reveal(next);
    } else {
      await this.step({ to: "row", by });
    }
  }

  /** Goes to the next row of a kind. */
  async step(step: Step): Promise<void> {
    this.#view.pause();
    const from = this.#from(step.to === "row" ? step.by : -step.direction);
    if (from === undefined) {
      return;
    }
    const found = await this.#model.store.ask("step", { from, step });
    if (found !== undefined) {
      await this.#goTo(found.id);
    }
  }

  /** Opens the row of the cursor in the panel. */
  open(): void {
    const from = this.#from(-1);
    if (from !== undefined) {
      this.#view.pause();
      this.#view.setCursor(from);
      this.#model.trace.value = undefined;
      this.#model.selected.value = from;
    }
  }

  /** Where the cursor is, else the row in sight at the end from which it would come. */
  #from(direction: number): ItemId | undefined {
    const rows = this.#view.layer.rows();
    return this.#model.selected.value ?? this.#view.cursor ?? (direction > 0 ? rows[0] : rows.at(-1))?.id;
  }

  async #goTo(id: ItemId): Promise<void> {
    await this.#view.goTo({ kind: "item", id, offset: 0 });
    this.#select(id);
  }

  #select(id: ItemId): void {
    if (this.#model.selected.value !== undefined) {
      this.#model.selected.value = id;
    }
  }
}
