/** Times under the histogram. No DOM. */

import { formatDay, formatTime } from "../list/time";
import type { Zone } from "../model";

/** As fine as the buckets are. Relative times are local ones here: a scale that moves cannot be read. */
export function timeLabel(ms: number, zone: Zone, bucketMs: number): string {
  const time = formatTime(ms, zone === "utc" ? "utc" : "local", ms);
  if (bucketMs < 1_000) {
    return time;
  }
  return time.slice(0, bucketMs < 60_000 ? 8 : 5);
}

/** With the day where that is another one than `beside`'s. */
export function dayLabel(ms: number, zone: Zone, bucketMs: number, besideMs: number): string {
  const [day, beside] = [ms, besideMs].map((at) => formatDay(at, zone === "utc" ? "utc" : "local"));
  const time = timeLabel(ms, zone, bucketMs);
  return day === beside || day === undefined ? time : `${day} ${time}`;
}
