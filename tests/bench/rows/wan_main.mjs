/** `wan_main.mjs RUNS`: measures in a network namespace without an interface, and writes the measurements as JSON. */

import { Drain, LibDataChannel } from "../harness/consumers.mjs";
import { deliver, inTurn, withBoth } from "../harness/delivery.mjs";
import { NEAR, behind } from "../harness/link.mjs";
import { ByHand, Logrtc } from "../harness/producers.mjs";
import { SignalingServer } from "../harness/server.mjs";

/** @typedef {import("../harness/measurement.mjs").Measurement} Measurement */
/** @typedef {import("../harness/link.mjs").Link} Link */

/** @type {{name: string, link: Link, entries: number, batched: number}[]} how many entries are logged: one by one, and in batches */
const PATHS = [
  { name: "50 ms", link: { delay_ms: 25 }, entries: 100_000, batched: 400_000 },
  { name: "50 ms, 1 % loss", link: { delay_ms: 25, loss_percent: 1 }, entries: 10_000, batched: 50_000 },
];
/** @type {Link} */
const SLOW = { delay_ms: 25, rate_kbit: 1_000 };
const SLOW_COUNT = 240_000;
const SLOW_PER_SECOND = 2_000;
/** It takes minutes. */
const SLOW_RUNS = 3;
const SHOP_ENTRIES = 40_000;

const server = await SignalingServer.start({ listen: "0.0.0.0:0" });
const url = `ws://${NEAR}:${new URL(server.url).port}/signaling`;

/** @param {number} runs @param {typeof PATHS[number]} path @returns {Promise<Measurement[]>} */
async function rates(runs, { name, link, entries, batched }) {
  const ours = async () => await Logrtc.start(url, { prefix: behind(link) });
  const byHand = async () => await ByHand.start(url, { prefix: behind(link) });
  /** @param {() => Promise<import("../harness/producers.mjs").BenchProducer>} start @param {() => import("../harness/consumers.mjs").BenchConsumer} join @param {number} count */
  const rate = async (start, join, count) =>
    await withBoth(await start(), join, async (producer, consumer) => (await deliver(producer, consumer, count)).rate);
  const measured = await inTurn(runs, {
    batch: () => rate(ours, () => new Drain(url, { entries: batched }), batched),
    plain: () => rate(ours, () => new LibDataChannel(url, { entries }), entries),
    byHand: () => rate(byHand, () => new LibDataChannel(url, { entries }), entries),
  });
  const peer = { name: "by hand", values: measured.byHand };
  return [
    { what: `${name}, compressed batches`, unit: "entries/s", values: measured.batch, peer },
    { what: `${name}, plain`, unit: "entries/s", values: measured.plain, peer },
  ];
}

/** A steady log on a slow link. */
async function age() {
  return await withBoth(
    await Logrtc.start(url, { options: {}, prefix: behind(SLOW) }),
    () => new Drain(url, { latency: true }),
    async (producer, consumer) => {
      await consumer.opened();
      await producer.pace(SLOW_COUNT, SLOW_PER_SECOND);
      const { lost } = await consumer.settled(SLOW_COUNT);
      const { max, p50 } = await consumer.latency();
      return { oldest: max, median: p50, lost };
    },
  );
}

/** A flood on a slow link. */
async function bytes() {
  return await withBoth(
    await Logrtc.start(url, { prefix: behind(SLOW) }),
    () => new Drain(url, { entries: SHOP_ENTRIES }),
    async (producer, consumer) => {
      await consumer.opened();
      await producer.shop(SHOP_ENTRIES);
      await consumer.reached();
      const { entries, message_bytes } = await consumer.stats();
      return message_bytes / entries;
    },
  );
}

/** @param {number} runs @returns {Promise<Measurement[]>} */
async function slow(runs) {
  const { steady } = await inTurn(runs, { steady: async () => ({ ...(await age()), bytes: await bytes() }) });
  return [
    {
      what: "1 Mbit/s, age of the oldest entry on arrival",
      unit: "ms",
      values: steady.map(({ oldest }) => oldest),
      goal: { of: "value", atMost: 1_000 },
    },
    { what: "1 Mbit/s, median age", unit: "ms", values: steady.map(({ median }) => median) },
    { what: "1 Mbit/s, entries reported as lost", unit: "entries", values: steady.map(({ lost }) => lost) },
    {
      what: "1 Mbit/s, the demo's log, bytes an entry",
      unit: "B",
      values: steady.map(({ bytes }) => bytes),
      goal: { of: "value", atMost: 28 },
    },
  ];
}

const runs = Number(process.argv[2]);
const measurements = [];
for (const path of PATHS) {
  measurements.push(...(await rates(runs, path)));
}
measurements.push(...(await slow(Math.min(runs, SLOW_RUNS))));
await server.stop();
process.stdout.write(JSON.stringify(measurements));
