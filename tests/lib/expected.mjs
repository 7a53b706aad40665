/** The numbered entries that `test-producer` logs, as a consumer must receive them. */

import assert from "node:assert/strict";

const LEVELS = ["DEBUG", "INFO", "WARN", "ERROR"];
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/** @typedef {{timestamp: string, fields?: Record<string, unknown>, [key: string]: unknown}} Entry */

/**
 * The entry of this number, without its timestamp.
 *
 * @param {number} number
 */
export function expectedEntry(number) {
  return {
    level: LEVELS[number % 4],
    target: "test::numbers",
    message: `entry ${number} 日志 <b>not bold</b> "quoted"`,
    fields: { number, odd: number % 2 === 1 },
    ...(number % 3 === 0 ? { span: { id: `span_${number}`, trace_id: "trace_1" } } : {}),
  };
}

/**
 * `entries` are those of the numbers `from` to `to`, without `to`: all of them, once, in order.
 *
 * @param {readonly Entry[]} entries
 * @param {number} from
 * @param {number} to
 */
export function assertNumbered(entries, from, to) {
  for (const [index, { timestamp, ...rest }] of entries.entries()) {
    assert.match(timestamp, TIMESTAMP);
    assert.deepEqual(rest, expectedEntry(from + index));
  }
  assert.equal(entries.length, to - from);
}
