/** What a reader does to the list with a pointer or a selection. Whatever it is, the list stands still at that very event. */

import type { Row } from "../../store/protocol";
import { keepDragsWithin } from "../drag_bounds";
import type { ListView } from "./list_view";

export interface GestureHandlers {
  /** A row is pressed, which may become a click. */
  onPress(row: Row): void;
  /** A row was clicked, and nothing of it selected. */
  onOpen(row: Row): void;
  onBringBack(row: Row): void;
}

/** Listens until the returned function is called. */
export function watchGestures(
  view: ListView,
  { scroller, rows }: { scroller: HTMLElement; rows: HTMLElement },
  handlers: GestureHandlers,
): () => void {
  const abort = new AbortController();
  const options = { passive: true, signal: abort.signal };
  // On a row, and on the scroll bar, too.
  scroller.addEventListener(
    "pointerdown",
    ({ target }) => {
      const row = view.layer.rowOf(target);
      if (row !== undefined) handlers.onPress(row);
      view.pause();
    },
    options,
  );
  scroller.addEventListener("touchmove", () => view.pause(), options);
  rows.addEventListener(
    "click",
    ({ target }) => {
      const row = view.layer.rowOf(target);
      if (row === undefined) {
        return;
      }
      view.setCursor(row.id);
      if (target instanceof Element && target.closest(".bring-back") !== null) {
        handlers.onBringBack(row);
      } else if (!isSelecting(rows)) {
        handlers.onOpen(row);
      }
    },
    options,
  );
  keepDragsWithin(rows, scroller, abort.signal);
  // All of the list is its rows, without what stands around it.
  scroller.addEventListener(
    "keydown",
    (event) => {
      if (event.key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey) && !event.altKey) {
        event.preventDefault();
        document.getSelection()?.selectAllChildren(rows);
      }
    },
    { signal: abort.signal },
  );
  document.addEventListener(
    "selectionchange",
    () => {
      if (isSelecting(rows)) {
        view.pause();
        view.fillSelection();
      }
    },
    options,
  );
  // What is cut off can be read.
  rows.addEventListener(
    "pointerover",
    ({ target }) => {
      const cell = target instanceof Element ? target.closest<HTMLElement>(".cell") : null;
      if (cell !== null && cell.scrollWidth > cell.clientWidth) {
        cell.title = (cell.textContent ?? "").slice(0, 1_000);
      }
    },
    options,
  );
  return () => abort.abort();
}

export function isSelecting(rows: HTMLElement): boolean {
  const selection = document.getSelection();
  return (
    selection !== null &&
    !selection.isCollapsed &&
    (rows.contains(selection.anchorNode) || rows.contains(selection.focusNode))
  );
}
