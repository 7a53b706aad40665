/** Looks for an expression in all lines of a block at once. */

import type { Lines } from "./lines";
import { countOf, type Mask } from "./mask";

/** After so many it is known how common a text is. */
const ENOUGH_LINES = 2_000;

/** Whether a text is in so many lines that looking for it first takes longer than it saves. */
export function commonness() {
  let [looked, found] = [0, 0];
  return {
    get value() {
      return looked > ENOUGH_LINES && 4 * found > looked;
    },
    add(mask: Mask) {
      if (looked <= ENOUGH_LINES) {
        looked += mask.length;
        found += countOf(mask);
      }
    },
  };
}

/** By one search through all lines, and a look at those that tell nothing by it. */
export function searchAll(
  lines: Lines,
  among: Mask,
  next: (text: string, from: number) => number,
  passes: (index: number) => boolean,
): Mask {
  const mask = new Uint8Array(among.length);
  if (!among.includes(1)) {
    return mask;
  }
  for (let index = 0; index < among.length; index += 1) {
    if (among[index] === 1 && lines.isUnusual(index) && passes(index)) {
      mask[index] = 1;
    }
  }
  const all = lines.all();
  let index = 0;
  for (let at = next(all, 0); at !== -1; at = next(all, lines.startInAll(index))) {
    while (index + 1 < among.length && lines.startInAll(index + 1) <= at) {
      index += 1;
    }
    if (among[index] === 1 && mask[index] === 0 && !lines.isUnusual(index) && passes(index)) {
      mask[index] = 1;
    }
    index += 1;
    if (index >= among.length) {
      break;
    }
  }
  return mask;
}
