/** The bars of the histogram as paths of an SVG, one for each level. */

import type { Histogram } from "../../store/protocol";
import { bucketCount, gapBuckets, heights, highest, SERIES } from "./buckets";

export interface Paths {
  /** By level: debug, info, warn, error, malformed. */
  readonly bars: readonly string[];
  readonly gaps: string;
  /** A mark above each bar that holds an error: they are told apart without colour. */
  readonly errorMarks: string;
}

/** Room for marks above the bars, in px. */
const MARK_PX = 5;
const LEAST_PX = 2;

export function pathsOf(histogram: Histogram, width: number, height: number): Paths {
  const count = bucketCount(histogram);
  const bars: string[] = new Array<string>(SERIES).fill("");
  let errorMarks = "";
  let gaps = "";
  const withGap = gapBuckets(histogram);
  const room = height - MARK_PX;
  // Bars that are raised to be seen must not push others out of the frame.
  const scale = { most: highest(histogram), height: room - LEAST_PX * (SERIES - 1), leastHeight: LEAST_PX };
  for (let bucket = 0; bucket < count; bucket += 1) {
    const left = Math.round((bucket / count) * width);
    const end = Math.round(((bucket + 1) / count) * width);
    const right = Math.max(left + 1, end - 1);
    let top = height;
    for (const { series, height: bar } of heights(histogram, bucket, scale)) {
      const bottom = top;
      top = Math.round((bottom - bar) * 2) / 2;
      bars[series] = `${bars[series] ?? ""}M${left} ${bottom}V${top}H${right}V${bottom}Z`;
      if (series === 3) {
        errorMarks += mark((left + right) / 2);
      }
    }
    if (withGap.has(bucket)) {
      gaps += `M${left} 0H${end}V${height}H${left}Z`;
    }
  }
  return { bars, gaps, errorMarks };
}

/** A small triangle that points down. */
function mark(x: number): string {
  return `M${x - 2.5} 0H${x + 2.5}L${x} 4Z`;
}
