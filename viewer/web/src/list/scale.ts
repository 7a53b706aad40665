/**
 * The scroll bar of a list that may be longer than any element of a browser. No DOM.
 *
 * *Virtual* positions are those of the rows: `topPx` is where the viewport begins among all rows. *Native* ones are those of
 * the scrolling element, whose height is clamped. Small movements are taken over pixel by pixel wherever they happen, so that
 * a notch of the wheel moves the same rows in a list of ten and of ten million; the two positions drift apart by that, and
 * are brought together again when the scrolling has ended. Large movements, those of a dragged scroll bar, are in proportion.
 */

/**
 * Browsers clamp heights at 17 to 33 million pixels. Firefox keeps what is `sticky` in sight only down to 8 947 848: there,
 * 2^29 of its units, of 60 to a pixel, end.
 */
export const MAX_NATIVE_PX = 8_000_000;
/** So much at each end is pixel by pixel for every movement: the first and the last rows are reached exactly. */
const EDGE_PX = 1_000_000;
/** Movements below so many viewports are pixel by pixel. */
const SMALL_VIEWPORTS = 4;

export interface Extent {
  /** The height of all rows. */
  readonly rowsPx: number;
  readonly viewportPx: number;
}

export interface ScrollPlace {
  readonly topPx: number;
  readonly nativePx: number;
}

/** The height of the scrolling element's content. */
export function nativeHeight({ rowsPx }: Extent): number {
  return Math.min(rowsPx, MAX_NATIVE_PX);
}

/** The last virtual position. */
export function maxTop({ rowsPx, viewportPx }: Extent): number {
  return Math.max(0, rowsPx - viewportPx);
}

/** The last native position. */
export function maxNative(extent: Extent): number {
  return Math.max(0, nativeHeight(extent) - extent.viewportPx);
}

export function clampTop(topPx: number, extent: Extent): number {
  return Math.min(Math.max(0, topPx), maxTop(extent));
}

export function toTop(nativePx: number, extent: Extent): number {
  return map(nativePx, maxNative(extent), maxTop(extent));
}

export function toNative(topPx: number, extent: Extent): number {
  return map(topPx, maxTop(extent), maxNative(extent));
}

/** The place after the browser has scrolled to `nativePx`. */
export function move(place: ScrollPlace, nativePx: number, extent: Extent): ScrollPlace {
  const delta = nativePx - place.nativePx;
  const isSmall = Math.abs(delta) < SMALL_VIEWPORTS * extent.viewportPx;
  const topPx = isSmall ? place.topPx + delta : toTop(nativePx, extent);
  return { nativePx, topPx: clampTop(topPx, extent) };
}

function map(from: number, fromMax: number, toMax: number): number {
  const at = Math.min(Math.max(0, from), fromMax);
  if (fromMax === toMax) {
    return at;
  }
  const edge = Math.min(EDGE_PX, fromMax / 4, toMax / 4);
  if (at <= edge) {
    return at;
  }
  if (at >= fromMax - edge) {
    return toMax - (fromMax - at);
  }
  return edge + ((at - edge) * (toMax - 2 * edge)) / (fromMax - 2 * edge);
}
