/** Entries a second, one a message, delivered to libdatachannel and to Chromium: logrtc, and a producer made by hand. */

import { fork } from "node:child_process";
import { once } from "node:events";
import { eventually } from "../lib/deadline.mjs";
import { Producer } from "../lib/producer.mjs";
import { StrictServer } from "../lib/strict_server.mjs";
import { report } from "./figures.mjs";
import { PageConsumer } from "./page_consumer.mjs";

const ENTRIES = 200_000;
const ROUNDS = 3;
/** Room for all of them: what is measured is delivery, not what a full journal does. */
const OPTIONS = { max_entries: 1_000_000, max_bytes: 400_000_000 };

const server = await StrictServer.start();
const browser = await PageConsumer.start();

/** Both ends in processes of their own, so that none waits for the other's event loop. @param {string[]} args */
async function forked(...args) {
  const child = fork(new URL("throughput_child.mjs", import.meta.url), args);
  await once(child, "message");
  return child;
}

/**
 * Entries a second from the first log call to the last entry received.
 *
 * @param {(count: number) => Promise<unknown>} log
 * @param {() => Promise<number | undefined>} reachedAt when the consumer had all of them, by `Date.now`
 */
async function rate(log, reachedAt) {
  const since = Date.now();
  const logging = log(ENTRIES);
  const until = await eventually("every entry arrives", reachedAt, 120_000);
  await logging;
  return ENTRIES / ((until - since) / 1e3);
}

/** @param {(count: number) => Promise<unknown>} log */
async function toDataChannel(log) {
  const consumer = await forked("consumer", server.url, String(ENTRIES));
  /** @type {number | undefined} */
  let reached;
  consumer.on("message", (/** @type {{reached?: number}} */ message) => {
    reached = message.reached;
  });
  const measured = await rate(log, async () => reached);
  consumer.kill();
  return measured;
}

/** @param {(count: number) => Promise<unknown>} log */
async function toChromium(log) {
  await browser.join(server.url);
  await eventually("the channel opens", async () => (await browser.state()).open > 0);
  await browser.page.evaluate(`bench.state.target = ${ENTRIES}`);
  const measured = await rate(log, async () => {
    await new Promise((resolve) => setTimeout(resolve, 100));
    return (await browser.state()).reached || undefined;
  });
  await browser.leave();
  return measured;
}

/** @param {typeof toDataChannel} measure */
async function ofLogrtc(measure) {
  const rates = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const producer = new Producer(server.url, { profile: "release", options: OPTIONS });
    await producer.registered();
    rates.push(await measure((count) => producer.log(0, count)));
    await producer.stop();
  }
  return rates;
}

/** @param {typeof toDataChannel} measure */
async function ofOneByHand(measure) {
  const rates = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const producer = await forked("producer", server.url);
    rates.push(await measure(async (count) => producer.send({ log: count })));
    producer.kill();
  }
  return rates;
}

const ours = report("throughput: logrtc -> libdatachannel", await ofLogrtc(toDataChannel), "entries/s");
const theirs = report("throughput: libdatachannel by hand -> libdatachannel", await ofOneByHand(toDataChannel), "entries/s");
console.log(`throughput: ratio to libdatachannel by hand ${(ours / theirs).toFixed(2)}`);
const oursChromium = report("throughput: logrtc -> Chromium", await ofLogrtc(toChromium), "entries/s");
const theirsChromium = report("throughput: libdatachannel by hand -> Chromium", await ofOneByHand(toChromium), "entries/s");
console.log(`throughput: in Chromium, ratio to libdatachannel by hand ${(oursChromium / theirsChromium).toFixed(2)}`);

await browser.close();
await server.stop();
