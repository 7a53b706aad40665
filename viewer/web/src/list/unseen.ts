/** How many rows came behind those that were seen, while the list stands still. */

import type { ItemId, Window } from "../../store/protocol";
import type { Model } from "../model";

export class Unseen {
  readonly #model: Model;
  /** The last row that was seen, and where it was when that was last known. */
  #last: { readonly id: ItemId; readonly position: number } | undefined;

  constructor(model: Model) {
    this.#model = model;
  }

  begin({ rows, position }: Window): void {
    const last = rows.at(-1);
    this.#last = last === undefined ? undefined : { id: last.id, position: position + rows.length - 1 };
    this.#model.unseen.value = 0;
  }

  end(): void {
    this.#last = undefined;
    this.#model.unseen.value = 0;
  }

  /** A row is painted: those before it are not new any more. */
  sawUpTo(position: number, id: ItemId | undefined): void {
    if (this.#last !== undefined && id !== undefined && position > this.#last.position) {
      this.#model.unseen.value = Math.max(0, this.#model.unseen.value - (position - this.#last.position));
      this.#last = { id, position };
    }
  }

  /** Counts anew. */
  async ask(): Promise<void> {
    const last = this.#last;
    if (this.#model.isFollowing.value) {
      return;
    }
    const anchor = last === undefined ? ({ kind: "position", position: 0 } as const) : itemAnchor(last.id);
    const { total, position, rows } = await this.#model.store.ask("window", { anchor, count: 1 });
    if (last === this.#last && !this.#model.isFollowing.value) {
      const isThere = last !== undefined && rows[0]?.id === last.id;
      this.#model.unseen.value = rows.length === 0 ? 0 : total - position - (isThere ? 1 : 0);
      this.#last = last === undefined ? undefined : { id: last.id, position };
    }
  }
}

function itemAnchor(id: ItemId) {
  return { kind: "item", id, offset: 0 } as const;
}
