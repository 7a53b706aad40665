/** Every sequence number is an entry or in a gap, and nothing is both. */

import assert from "node:assert/strict";

/** @typedef {import("./browser.mjs").Gap} Gap */

/**
 * The numbers from `from` to `to`, without `to`, are all accounted for, once: those of `numbers` in order, the others by `gaps`.
 *
 * @param {number[]} numbers
 * @param {Gap[]} gaps
 * @param {number} from
 * @param {number} to
 */
export function assertEveryNumber(numbers, gaps, from, to) {
  const runs = [...numbers.map((seq) => ({ first: seq, last: seq })), ...gaps].toSorted((a, b) => a.first - b.first);
  let next = from;
  for (const { first, last } of runs) {
    assert.equal(first, next, `number ${first} comes where ${next} is next`);
    next = last + 1;
  }
  assert.equal(next, to);
  assert.deepEqual(
    numbers,
    numbers.toSorted((a, b) => a - b),
    "in order",
  );
}

/** How many entries are missing. @param {Gap[]} gaps */
export function countMissing(gaps) {
  return gaps.reduce((sum, { first, last }) => sum + last - first + 1, 0);
}
