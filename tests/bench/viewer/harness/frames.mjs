/** Ready-made frames of the extension, as a producer sends them: each behind its length in four bytes. */

import { randomBytes } from "node:crypto";
import { deflateRawSync } from "node:zlib";

const LEVELS = ["DEBUG", "INFO", "WARN", "ERROR"];
/** As many as the test producer has; they do not come again within what DEFLATE looks back on. */
const IDS = 4_096;
/** Entries of one request share a trace. */
const ENTRIES_OF_TRACE = 4;
const FRAME_ENTRIES = 256;
/** One request in so many fails. */
const FAILING = 250;

const spans = ids(8);
const traces = ids(16);

/** Stands in 1 of 4 096 entries. */
export const RARE_TEXT = /** @type {string} */ (spans[17]).slice(0, 10);

/** @param {number} bytes */
function ids(bytes) {
  return Array.from({ length: IDS }, () => randomBytes(bytes).toString("hex"));
}

/** An entry of 240 bytes, as the test producer logs it. @param {number} number @param {number} nowMs */
function entry(number, nowMs) {
  const request = number % FAILING === 0 ? "POST /orders 503" : "GET /orders 200";
  return JSON.stringify({
    timestamp: new Date(nowMs + number / 100).toISOString(),
    level: LEVELS[number % 4],
    target: "shop::http",
    message: request,
    fields: { sent_us: nowMs * 1_000 + number, duration_ms: 10 + (number % 90) },
    span: { id: spans[number % IDS], trace_id: traces[Math.floor(number / ENTRIES_OF_TRACE) % IDS] },
  });
}

/** @param {number} count */
export function smallEntries(count) {
  const nowMs = Date.now();
  return frames(count, FRAME_ENTRIES, (number) => entry(number, nowMs));
}

/** Entries of 60 KB, which compress to a twelfth. @param {number} count */
export function largeEntries(count) {
  const nowMs = Date.now();
  const dump = () => randomBytes(3_750).toString("hex").repeat(8);
  return frames(count, 4, (number) => entry(number, nowMs).replace(/\}$/, `,"dump":"${dump()}"}`));
}

/** @param {number} count @param {number} perFrame @param {(number: number) => string} lineOf */
function frames(count, perFrame, lineOf) {
  const parts = [];
  for (let first = 0; first < count; first += perFrame) {
    const lines = Array.from({ length: Math.min(perFrame, count - first) }, (_, index) => lineOf(first + index));
    const header = JSON.stringify({ type: "batch", first, last: first + lines.length - 1, count: lines.length });
    const packed = deflateRawSync([header, ...lines].join("\n"), { level: 1 });
    const length = Buffer.alloc(4);
    length.writeUInt32LE(packed.length);
    parts.push(length, packed);
  }
  return Buffer.concat(parts);
}
