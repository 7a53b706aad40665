/** The time of an entry in full. No DOM. */

import type { Zone } from "../model";

/**
 * `2026-01-31 14:03:07.412 +01:00`, as fine as it was sent; undefined for a time that is none. Relative times are local ones
 * here.
 */
export function fullTime(ms: number, zone: Zone, sent = ""): string | undefined {
  if (Number.isNaN(new Date(ms).getTime())) {
    return undefined;
  }
  const offsetMin = zone === "utc" ? 0 : -new Date(ms).getTimezoneOffset();
  const shifted = new Date(ms + offsetMin * 60_000);
  if (Number.isNaN(shifted.getTime())) {
    return undefined;
  }
  const sign = offsetMin < 0 ? "−" : "+";
  const [hours, minutes] = [Math.floor(Math.abs(offsetMin) / 60), Math.abs(offsetMin) % 60].map((part) =>
    String(part).padStart(2, "0"),
  );
  // A Date has milliseconds; what was sent can be finer, and its digits are the same in all zones.
  const finer = /:\d\d[.,]\d{3}(\d{1,9})/.exec(sent)?.[1] ?? "";
  const text = shifted.toISOString().replace("T", " ").replace("Z", finer);
  return `${text} ${zone === "utc" ? "UTC" : `${sign}${hours}:${minutes}`}`;
}

/** How long after its time an entry arrived, as `+38 ms`: clocks can be ahead, too. */
export function delay(ms: number, format: (ms: number) => string): string {
  return `${ms < 0 ? "−" : "+"}${format(Math.abs(ms))}`;
}
