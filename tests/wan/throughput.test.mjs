import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { spread } from "../bench/figures.mjs";
import { Child } from "../lib/child.mjs";
import { eventually, within } from "../lib/deadline.mjs";
import { behind, startProducer, startServer } from "./setup.mjs";

/** 50 ms there and back. */
const LINK = { delay_ms: 25 };
const ENTRIES = 100_000;
const ROUNDS = 3;
const LEAST = 0.9;
const DEADLINE_MS = 300_000;
const HAND_MADE = fileURLToPath(new URL("hand_made.mjs", import.meta.url));
const CHILD = new URL("../bench/throughput_child.mjs", import.meta.url);

/**
 * Entries a second from the first log call to the last entry received.
 *
 * @param {string} url
 * @param {() => unknown} log
 */
async function measure(url, log) {
  // In a process of its own, so that it does not wait for this one.
  const consumer = fork(CHILD, ["consumer", url, String(ENTRIES)]);
  try {
    const [{ open }] = await within("the channel opens", once(consumer, "message"));
    assert.equal(open, true);
    const since = Date.now();
    log();
    const [{ reached }] = await within("every entry arrives", once(consumer, "message"), DEADLINE_MS);
    return ENTRIES / ((reached - since) / 1e3);
  } finally {
    consumer.kill();
  }
}

test(`a long path carries as much as of a producer made by hand on libdatachannel`, async (t) => {
  const { server, url } = await startServer(t);
  const options = { max_entries: 1_000_000, max_bytes: 400_000_000 };

  async function ofLogrtc() {
    const producer = await startProducer(t, url, LINK, { profile: "release", options });
    const rate = await measure(url, () => producer.log(0, ENTRIES));
    await producer.stop();
    return rate;
  }

  async function ofOneByHand() {
    server.heard = [];
    const [command, ...args] = [...behind(LINK), process.execPath, HAND_MADE, url];
    const producer = new Child(command, args, () => {});
    t.after(() => producer.kill());
    await eventually("it registers", () => server.heard.some(({ client_id }) => client_id === "by-hand"));
    const rate = await measure(url, () => producer.say(`log ${ENTRIES}`));
    await producer.finish();
    return rate;
  }

  const [ours, theirs] = [/** @type {number[]} */ ([]), /** @type {number[]} */ ([])];
  for (let round = 0; round < ROUNDS; round += 1) {
    ours.push(await ofLogrtc());
    theirs.push(await ofOneByHand());
  }
  const ratio = spread(ours).median / spread(theirs).median;
  const rounded = (/** @type {number[]} */ rates) => rates.map(Math.round).join(", ");
  const figures = `entries a second: ${rounded(ours)}; by hand: ${rounded(theirs)}; ratio ${ratio.toFixed(2)}`;
  t.diagnostic(figures);
  assert.ok(ratio >= LEAST, figures);
});
