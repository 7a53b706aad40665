/** How long something took, by a field of its entry. */

import type { Json } from "../../store/json";
import { memberText } from "../panel/json";

const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  min: 60_000,
};

/** Names of fields, and the unit of a bare number in them. */
const FIELDS: readonly (readonly [name: string, unitMs: number | undefined])[] = [
  ["duration_ms", 1],
  ["durationMs", 1],
  ["elapsed_ms", 1],
  ["elapsedMs", 1],
  ["took_ms", 1],
  ["latency_ms", 1],
  ["duration_us", 1e-3],
  ["elapsed_us", 1e-3],
  ["duration_ns", 1e-6],
  ["elapsed_ns", 1e-6],
  ["duration_s", 1_000],
  ["duration_seconds", 1_000],
  ["elapsed_s", 1_000],
  ["duration", undefined],
  ["elapsed", undefined],
  ["took", undefined],
  ["latency", undefined],
];

/** In milliseconds; undefined without one. `entry` is a whole one. */
export function durationMs(fields: Json | undefined): number | undefined {
  for (const [name, unitMs] of FIELDS) {
    const text = memberText(fields, name);
    const duration = text === undefined ? undefined : parseDuration(text, unitMs);
    if (duration !== undefined) {
      return duration;
    }
  }
  // Of Rust's tracing: a span's time is what it was busy and what it was idle.
  const [busy, idle] = ["time.busy", "time.idle"].map((name) =>
    parseDuration(memberText(fields, name) ?? "", 1),
  );
  return busy === undefined ? undefined : busy + (idle ?? 0);
}

/** `12`, `1.5ms`, `3 s`; a bare number only where its unit is known. */
export function parseDuration(text: string, unitMs: number | undefined): number | undefined {
  const [, digits, unit = ""] = /^\s*(\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*([a-zµμ]*)\s*$/i.exec(text) ?? [];
  const factor = unit === "" ? unitMs : UNITS[unit];
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}

/** `850 µs`, `12.3 ms`, `4.56 s`, `2 min 5 s`. */
export function formatDuration(ms: number): string {
  if (ms === 0) {
    return "0 ms";
  }
  if (ms < 1) {
    return `${Math.max(1, Math.round(ms * 1_000))} µs`;
  }
  if (ms < 999.5) {
    return `${ms < 100 ? Number(ms.toFixed(1)) : Math.round(ms)} ms`;
  }
  if (ms < 59_995) {
    return `${Number((ms / 1_000).toFixed(2))} s`;
  }
  const seconds = Math.round(ms / 1_000);
  return seconds < 3_600
    ? `${Math.floor(seconds / 60)} min ${seconds % 60} s`
    : `${Math.floor(seconds / 3_600)} h ${Math.round((seconds % 3_600) / 60)} min`;
}
