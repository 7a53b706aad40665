/** The last window that the store has given. No DOM. */

import type { ItemId, Row, Window } from "../../store/protocol";

/** An item, and where it was when that was last known. */
export interface Place {
  readonly id: ItemId;
  readonly position: number;
}

export class RowCache {
  #window: Window = { position: 0, rows: [], total: 0 };

  get window(): Window {
    return this.#window;
  }

  set(window: Window): void {
    this.#window = window;
  }

  /** Whether it has all rows from `first` to before `end`. */
  covers(first: number, end: number): boolean {
    const { position, rows } = this.#window;
    return first >= position && end <= position + rows.length;
  }

  /** As many rows as from `first` to `end`: these, or the nearest that it has; undefined if it has not as many. */
  nearest(
    first: number,
    end: number,
  ): { readonly position: number; readonly rows: readonly Row[] } | undefined {
    const { position, rows } = this.#window;
    const count = end - first;
    if (rows.length < count) {
      return undefined;
    }
    const start = Math.min(Math.max(first - position, 0), rows.length - count);
    return { position: position + start, rows: rows.slice(start, start + count) };
  }

  /** The row at a position, or the last one. */
  placeAt(position: number): Place | undefined {
    const { rows } = this.#window;
    const index = Math.min(Math.max(position - this.#window.position, 0), rows.length - 1);
    const row = rows[index];
    return row === undefined ? undefined : { id: row.id, position: this.#window.position + index };
  }

  positionOf(id: ItemId): number | undefined {
    const index = this.#window.rows.findIndex((row) => row.id === id);
    return index === -1 ? undefined : this.#window.position + index;
  }

  neighbourOf(id: ItemId, by: number): ItemId | undefined {
    const index = this.#window.rows.findIndex((row) => row.id === id);
    return index === -1 ? undefined : this.#window.rows[index + by]?.id;
  }
}
