/** How wide the panel is beside the list, as a share of the room that both have. No DOM. */

export const MIN_SHARE = 0.2;
export const MAX_SHARE = 0.75;
const STEP = 0.02;
const BIG_STEP = 0.1;

export function boundShare(share: number): number {
  return Math.min(MAX_SHARE, Math.max(MIN_SHARE, share));
}

/** The share after a key; undefined for a key that does not change it. The panel is on the right: the left arrow widens it. */
export function shareByKey(share: number, key: string): number | undefined {
  switch (key) {
    case "ArrowLeft":
      return boundShare(share + STEP);
    case "ArrowRight":
      return boundShare(share - STEP);
    case "PageUp":
      return boundShare(share + BIG_STEP);
    case "PageDown":
      return boundShare(share - BIG_STEP);
    case "Home":
      return MIN_SHARE;
    case "End":
      return MAX_SHARE;
    default:
      return undefined;
  }
}
