/**
 * A selection that is dragged out of a part of the page ends at the edge of that part, as the pointer does there. Browsers go on
 * into whatever lies beneath the pointer, and past everything that stands between in the document.
 */

interface Caret {
  readonly node: Node;
  readonly offset: number;
}

/**
 * Keeps drags that begin in `content` within it, and within the box of `viewport`, in which it is scrolled. Works until the
 * signal is aborted.
 */
export function keepDragsWithin(content: HTMLElement, viewport: HTMLElement, signal: AbortSignal): void {
  const options = { passive: true, signal };
  let pointer: { readonly id: number; readonly x: number; readonly y: number } | undefined;
  /** The last end of the selection that was within. */
  let last: Caret | undefined;
  const bound = () => {
    const selection = document.getSelection();
    const { anchorNode, focusNode } = selection ?? {};
    if (pointer === undefined || !selection || !anchorNode || !focusNode || !content.contains(anchorNode)) {
      return;
    }
    if (content.contains(focusNode)) {
      last = { node: focusNode, offset: selection.focusOffset };
      return;
    }
    const caret = caretNear(pointer, viewport);
    const end = caret !== undefined && content.contains(caret.node) ? caret : last;
    if (end !== undefined && content.contains(end.node)) {
      selection.extend(end.node, end.offset);
    }
  };
  const move = ({ pointerId, clientX, clientY, buttons }: PointerEvent) => {
    if (pointerId === pointer?.id) {
      // Without a button, its release was not seen.
      pointer = buttons === 0 ? undefined : { id: pointerId, x: clientX, y: clientY };
    }
  };
  content.addEventListener(
    "pointerdown",
    ({ pointerId, clientX, clientY, isPrimary }) => {
      if (isPrimary) {
        pointer = { id: pointerId, x: clientX, y: clientY };
        last = undefined;
      }
    },
    options,
  );
  document.addEventListener("pointermove", move, options);
  document.addEventListener("selectionchange", bound, options);
  const end = ({ pointerId }: PointerEvent) => {
    if (pointerId === pointer?.id) {
      // The browser has not said what of its last step yet.
      bound();
      pointer = undefined;
    }
  };
  document.addEventListener("pointerup", end, options);
  document.addEventListener("pointercancel", end, options);
}

/** The place in a text nearest to a point, of those within the box. */
function caretNear({ x, y }: { readonly x: number; readonly y: number }, within: Element): Caret | undefined {
  const { left, right, top, bottom } = within.getBoundingClientRect();
  return caretAt(Math.min(Math.max(x, left + 1), right - 2), Math.min(Math.max(y, top + 1), bottom - 2));
}

function caretAt(x: number, y: number): Caret | undefined {
  if (typeof document.caretPositionFromPoint === "function") {
    const found = document.caretPositionFromPoint(x, y);
    return found === null ? undefined : { node: found.offsetNode, offset: found.offset };
  }
  const range = document.caretRangeFromPoint(x, y);
  return range === null ? undefined : { node: range.startContainer, offset: range.startOffset };
}
