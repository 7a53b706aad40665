/** What lies beside or over the list, and closes one after the other. */

import type { Model } from "./model";

/** Where facets lie over the list, as in `side.css`. */
const OVER_LIST = "(max-width: 1000px)";

/** Signals of a model that say what is open. */
export type Openable = Pick<Model, "trace" | "selected" | "side" | "isFilterOpen">;

/** Closes one layer each, the outermost layer first. */
export function openLayers({ trace, selected, side, isFilterOpen }: Openable): readonly (() => void)[] {
  const layers: (() => void)[] = [];
  if (isFilterOpen.value) {
    layers.push(() => {
      isFilterOpen.value = false;
    });
  }
  if (side.value !== undefined) {
    layers.push(() => {
      side.value = undefined;
    });
  }
  if (selected.value !== undefined) {
    layers.push(() => {
      selected.value = undefined;
    });
  }
  if (trace.value !== undefined) {
    layers.push(() => {
      trace.value = undefined;
    });
  }
  return layers;
}

/** Closes the innermost layer. */
export function closeInnermost(open: Openable): void {
  openLayers(open).at(-1)?.();
}

/** How many layers the browser's Back closes: facets beside the list are no place that one has gone to. */
export function backDepth(open: Openable): number {
  const isBeside = open.side.value !== undefined && !matchMedia(OVER_LIST).matches;
  return openLayers(open).length - (isBeside ? 1 : 0);
}
