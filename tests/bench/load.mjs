/** The entries that benchmarks log, as `test-producer` logs them: 240 bytes with their timestamp, ids that do not compress. */

import { randomBytes } from "node:crypto";
import { nowMs } from "./page/clock.js";

/** So many different ids are made in advance, as in `test-producer`. */
const IDS = 4096;
const ENTRIES_OF_TRACE = 4;
const LEVELS = ["DEBUG", "INFO", "WARN", "ERROR"];

export class LoadedEntries {
  #spans = Array.from({ length: IDS }, () => randomBytes(8).toString("hex"));
  #traces = Array.from({ length: IDS }, () => randomBytes(16).toString("hex"));

  /** The entry of this number, without its timestamp. @param {number} number @param {number} sentUs */
  entry(number, sentUs) {
    return {
      level: LEVELS[number % 4],
      target: "shop::http",
      message: "GET /orders 200",
      fields: { sent_us: sentUs, duration_ms: 10 + (number % 90) },
      span: {
        id: this.#spans[number % IDS],
        trace_id: this.#traces[Math.floor(number / ENTRIES_OF_TRACE) % IDS],
      },
    };
  }
}

/** Microseconds since 1970. */
export function sentUs() {
  return Math.round(nowMs() * 1e3);
}
