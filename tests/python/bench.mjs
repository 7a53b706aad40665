/** The figures of the Python package, all in one run: what a call costs, and entries a second that are delivered. */

import { execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { report } from "../bench/figures.mjs";
import { Child } from "../lib/child.mjs";
import { within } from "../lib/deadline.mjs";
import { StrictServer } from "../lib/strict_server.mjs";
import { PYTHON } from "./environment.mjs";

const BENCH = fileURLToPath(new URL("../../bindings-python/bench", import.meta.url));
const ROUNDS = 3;
const AT_LEAST = 15;

execFileSync(PYTHON, [`${BENCH}/calls.py`], { stdio: "inherit" });

/**
 * Entries a second from the first call to the last entry received, to libdatachannel.
 *
 * @param {string} program
 * @param {number} count
 */
async function rate(program, count) {
  const server = await StrictServer.start();
  let told = (/** @type {number} */ _sinceMs) => {};
  /** @type {Promise<number>} */
  const began = new Promise((resolve) => {
    told = resolve;
  });
  const producer = new Child(PYTHON, [`${BENCH}/${program}.py`, server.url, String(count)], (line) =>
    told(Number(line)),
  );
  const consumer = fork(new URL("../bench/throughput_child.mjs", import.meta.url), ["consumer", server.url, String(count)]);
  /** @type {Promise<number>} */
  const reached = new Promise((resolve) => {
    consumer.on("message", (/** @type {{reached?: number}} */ { reached }) => reached && resolve(reached));
  });
  await once(consumer, "message");
  const sinceMs = await within("it begins", Promise.race([began, producer.endedEarly()]));
  const untilMs = await within("every entry arrives", Promise.race([reached, producer.endedEarly()]), 180_000);
  await producer.kill();
  consumer.kill();
  await server.stop();
  return count / ((untilMs - sinceMs) / 1e3);
}

/** @param {string} program @param {number} count */
async function rates(program, count) {
  const measured = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    measured.push(await rate(program, count));
  }
  return measured;
}

const ours = report("delivered by logrtc", await rates("with_logrtc", 200_000), "entries/s");
const theirs = report("delivered by aiortc, by hand", await rates("with_aiortc", 20_000), "entries/s");
console.log(`ratio to aiortc ${(ours / theirs).toFixed(1)}, to be at least ${AT_LEAST}`);
