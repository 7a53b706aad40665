/** What is measured, what it is compared with, and whether that is good enough. */

import { spread } from "../figures.mjs";

/**
 * @typedef {object} Peer
 * @property {string} name
 * @property {number[]} values one a run, of the same runs
 *
 * @typedef {object} Goal
 * @property {"value" | "ratio" | "every ratio"} of the median of our values, of the ratios to the peer, or each of these
 * @property {number} [atLeast]
 * @property {number} [atMost]
 *
 * @typedef {object} Measurement
 * @property {string} what
 * @property {string} unit
 * @property {number[]} values one a run
 * @property {Peer} [peer]
 * @property {Goal} [goal]
 *
 * @typedef {object} Row
 * @property {string} name by which it is chosen: `make bench ROWS=name`
 * @property {string} title
 * @property {string} method what is done, and what is counted
 * @property {(context: Context) => Promise<Measurement[]>} measure
 *
 * @typedef {{runs: number, say: (text: string) => void}} Context
 */

/** The ratios of the runs. @param {Measurement} measurement @returns {number[]} */
export function ratios({ values, peer }) {
  return peer === undefined ? [] : values.map((value, run) => value / peer.values[run]);
}

/** Whether the goal is met; undefined where there is none. @param {Measurement} measurement */
export function isMet(measurement) {
  const { goal, values } = measurement;
  if (goal === undefined) {
    return undefined;
  }
  const judged = goal.of === "value" ? [spread(values).median] : ratios(measurement);
  const figures = goal.of === "ratio" ? [spread(judged).median] : judged;
  return figures.every((figure) => figure >= (goal.atLeast ?? -Infinity) && figure <= (goal.atMost ?? Infinity));
}
