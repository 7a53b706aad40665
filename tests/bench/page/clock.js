/** The time of this machine in a page, finer than `Date.now`, and how long an entry took. */

/** How long the two clocks are compared, in milliseconds: `Date.now` steps every millisecond. */
const COMPARE_MS = 20;

const SENT = /"sent_us":(\d+)/;

/** What `performance` is behind the time of the system, which the other process reads. */
const behindMs = compare();

/** Milliseconds since 1970, with a fraction. */
export function nowMs() {
  return performance.timeOrigin + performance.now() + behindMs;
}

/** From the log call until now. @param {string} entry */
export function latencyMs(entry) {
  return nowMs() - Number(SENT.exec(entry)?.[1]) / 1e3;
}

function compare() {
  const until = performance.now() + COMPARE_MS;
  let most = -Infinity;
  while (performance.now() < until) {
    // Just behind a step of `Date.now`, the difference is the largest, and right.
    const date = Date.now();
    most = Math.max(most, date - (performance.timeOrigin + performance.now()));
  }
  return most;
}
