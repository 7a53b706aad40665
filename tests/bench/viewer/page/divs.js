/** What one writes first: a `<div>` an entry, scrolled to the end. A click on one shows it below. */

// @ts-expect-error: the site serves the consumer of the npm package beside this page
import { connect } from "./consumer.js";

const log = /** @type {HTMLElement} */ (document.querySelector("#log"));
const chosen = /** @type {HTMLElement} */ (document.querySelector("#chosen"));
/** @type {{count: number, since: number, frames: number[], stuck: {afterMs: number, count: number} | undefined}} */
const bench = { count: 0, since: 0, frames: [0], stuck: undefined };

const consumer = connect({ url: new URLSearchParams(location.search).get("signaling") ?? "" });
consumer.on("entries", (/** @type {any[]} */ batch) => {
  bench.since ||= performance.now();
  for (const { entry } of batch) {
    const line = document.createElement("div");
    line.className = entry.level;
    line.textContent = `${entry.timestamp} ${entry.level} ${entry.target} ${entry.message} ${JSON.stringify(entry.fields)}`;
    log.append(line);
  }
  bench.count += batch.length;
  log.scrollTop = log.scrollHeight;
});
log.addEventListener("click", ({ target }) => {
  chosen.textContent = /** @type {Element} */ (target).textContent;
});

/** A page is no longer usable when it does not paint for so long. */
const STUCK_MS = 1_000;
const frame = (/** @type {number} */ at) => {
  const before = bench.frames.at(-1) ?? at;
  if (bench.since > 0 && at - before > STUCK_MS && before > bench.since) {
    bench.stuck ??= { afterMs: at - bench.since, count: bench.count };
  }
  bench.frames.push(at);
  requestAnimationFrame(frame);
};
requestAnimationFrame(frame);
Object.assign(globalThis, { bench });
