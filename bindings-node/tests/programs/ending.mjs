/**
 * `ending.mjs HOW URL ENTRIES`: logs one entry, waits for the word that a consumer has it, logs so many more, and ends in one
 * of many ways. `NOBODY` as the URL is for no server, and no consumer.
 */

import { once } from "node:events";
import { connect } from "logrtc";

const [how, url, entries] = process.argv.slice(2);
const isAlone = url === "NOBODY";
const producer = connect({
  url: isAlone ? "ws://127.0.0.1:9/" : url,
  clientId: "ending",
  iceServers: [],
  environment: false,
  closeTimeoutMs: how === "stalled" ? 500 : 10_000,
});
const say = (/** @type {unknown} */ line) => console.log(String(line));

producer.info("ending", "hello");
if (!isAlone) {
  await once(process, "message");
}
const padding = "x".repeat(how === "stalled" ? 200 : 0);
for (let number = 0; number < Number(entries); number += 1) {
  producer.info("ending", "numbered", { number, padding });
}

/** @type {Record<string, () => unknown>} */
const endings = {
  /** Nothing is left to do. */
  loop: () => say(Date.now()),
  exit: () => process.exit(3),
  stalled: () => {
    say(Date.now());
    process.exit(3);
  },
  throw: () => {
    setImmediate(() => {
      throw new Error("nobody catches it");
    });
  },
  reject: () => void Promise.reject(new Error("nobody catches it")),
  /** A pending promise is something to do. */
  flush: () => producer.flush().then(() => say(`flushed ${producer.stats().consumers[0]?.counts.waiting}`)),
  close: () => producer.close().then(() => say(`closed ${producer.state}`)),
  closeThenExit: () => {
    producer.close();
    process.exit(3);
  },
  /** What the last listeners log is part of it, whenever they began to listen. */
  listeners: () => {
    process.on("beforeExit", () => producer.info("ending", "beforeExit"));
    process.on("exit", () => producer.info("ending", "exit"));
  },
  exitListener: () => {
    process.on("exit", () => producer.info("ending", "exit"));
    setImmediate(() => process.exit(3));
  },
  /** A signal with its default action. */
  signal: async () => {
    await producer.flush();
    say("flushed");
    setInterval(() => {}, 60_000);
  },
};
await endings[how]();
