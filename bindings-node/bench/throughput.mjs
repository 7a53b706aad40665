/** Entries a second to a consumer on libdatachannel: the package, against a producer made by hand on node-datachannel. */

import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { report } from "../../tests/bench/figures.mjs";
import { eventually } from "../../tests/lib/deadline.mjs";
import { StrictServer } from "../../tests/lib/strict_server.mjs";

const ENTRIES = 200_000;
const ROUNDS = 3;

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));
const CHILD = here("../../tests/bench/throughput_child.mjs");
const server = await StrictServer.start();

/** Both ends in processes of their own, so that none waits for the other's event loop. @param {string} file @param {string[]} args */
async function forked(file, ...args) {
  const child = fork(file, args);
  await once(child, "message");
  return child;
}

/** From the first log call to the last entry received. @param {() => Promise<import('node:child_process').ChildProcess>} start */
async function rate(start) {
  const producer = await start();
  const consumer = await forked(CHILD, "consumer", server.url, String(ENTRIES));
  /** @type {number | undefined} */
  let reached;
  consumer.on("message", (/** @type {{reached?: number}} */ message) => {
    reached = message.reached;
  });
  const since = Date.now();
  producer.send({ log: ENTRIES });
  const until = await eventually("every entry arrives", () => reached, 120_000);
  consumer.kill();
  producer.kill();
  return ENTRIES / ((until - since) / 1e3);
}

const [ours, byHand] = [[], []].map(() => /** @type {number[]} */ ([]));
for (let round = 0; round < ROUNDS; round += 1) {
  ours.push(await rate(() => forked(here("producer.mjs"), server.url)));
  byHand.push(await rate(() => forked(CHILD, "producer", server.url)));
}
const own = report("throughput: logrtc", ours, "entries/s");
const theirs = report("throughput: node-datachannel by hand", byHand, "entries/s");
console.log(`throughput: ratio to node-datachannel by hand ${(own / theirs).toFixed(2)}`);
await server.stop();
