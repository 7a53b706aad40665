/** Times of rows as text. No DOM. */

import type { Zone } from "../model";

/** The time of day in milliseconds, or how long ago it was. */
export function formatTime(ms: number, zone: Zone, nowMs: number): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) {
    return "—";
  }
  if (zone === "relative") {
    return formatAge(nowMs - ms);
  }
  const parts =
    zone === "utc"
      ? [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()]
      : [date.getHours(), date.getMinutes(), date.getSeconds()];
  const clock = parts.map((part) => pad(part, 2)).join(":");
  return `${clock}.${pad(date.getUTCMilliseconds(), 3)}`;
}

/** The day, as `2026-01-31`; empty for no time, and where times are relative. */
export function formatDay(ms: number, zone: Zone): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime()) || zone === "relative") {
    return "";
  }
  return zone === "utc"
    ? `${date.getUTCFullYear()}-${pad(date.getUTCMonth() + 1, 2)}-${pad(date.getUTCDate(), 2)}`
    : `${date.getFullYear()}-${pad(date.getMonth() + 1, 2)}-${pad(date.getDate(), 2)}`;
}

/** `-3.2 s`, `-4 min 05 s`, `-2 d 03 h`: of a clock that is ahead, `+`. */
function formatAge(ageMs: number): string {
  const sign = ageMs < 0 ? "+" : "-";
  const seconds = Math.abs(ageMs) / 1_000;
  if (seconds < 60) return `${sign}${seconds.toFixed(1)} s`;
  const whole = Math.floor(seconds);
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${sign}${minutes} min ${pad(whole % 60, 2)} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${sign}${hours} h ${pad(minutes % 60, 2)} min`;
  return `${sign}${Math.floor(hours / 24)} d ${pad(hours % 24, 2)} h`;
}

function pad(value: number, length: number): string {
  return String(value).padStart(length, "0");
}
