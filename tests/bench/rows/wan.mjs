/** Paths that are long, lossy, or slow. */

import { Drain, LibDataChannel } from "../harness/consumers.mjs";
import { deliver, inTurn, withBoth } from "../harness/delivery.mjs";
import { Link } from "../harness/link.mjs";
import { ByHand, Logrtc } from "../harness/producers.mjs";

/** @typedef {import("../harness/measurement.mjs").Measurement} Measurement */
/** @typedef {{extension: number, plain: number, byHand: number}} Counts how many entries each side logs */

/** @type {Record<string, {path: import("../harness/link.mjs").Path, counts: Counts}>} */
const PATHS = {
  "50 ms": { path: { delayMs: 25, lossPercent: 0 }, counts: { extension: 400_000, plain: 100_000, byHand: 100_000 } },
  "50 ms, 1 % loss": { path: { delayMs: 25, lossPercent: 1 }, counts: { extension: 50_000, plain: 10_000, byHand: 10_000 } },
};
const SLOW = { delayMs: 25, lossPercent: 0, megabits: 1, queuePackets: 100 };
const SLOW_COUNT = 240_000;
const SLOW_PER_SECOND = 2_000;
const SHOP_ENTRIES = 60_000;

/** @param {number} runs @param {string} name @returns {Promise<Measurement[]>} */
async function rates(runs, name) {
  const { path, counts } = PATHS[name];
  const link = await Link.start(path);
  const [near, far] = [{ prefix: link.near }, { prefix: link.far }];
  const ours = async () => await Logrtc.start(link.url, near);
  /** @param {number} entries */
  const node = (entries) => () => new LibDataChannel(link.url, { entries, ...far });
  /** @param {() => Promise<import("../harness/producers.mjs").BenchProducer>} start @param {() => import("../harness/consumers.mjs").BenchConsumer} join @param {number} count */
  const rate = async (start, join, count) =>
    await withBoth(await start(), join, async (producer, consumer) => (await deliver(producer, consumer, count)).rate);
  const measured = await inTurn(runs, {
    extension: () => rate(ours, () => new Drain(link.url, { entries: counts.extension, ...far }), counts.extension),
    plain: () => rate(ours, node(counts.plain), counts.plain),
    byHand: () => rate(async () => await ByHand.start(link.url, near), node(counts.byHand), counts.byHand),
  });
  await link.stop();
  const peer = { name: "by hand", values: measured.byHand };
  return [
    { what: `${name}, compressed batches`, unit: "entries/s", values: measured.extension, peer },
    { what: `${name}, plain`, unit: "entries/s", values: measured.plain, peer },
  ];
}

/** @param {number} runs @returns {Promise<Measurement[]>} */
async function slow(runs) {
  const link = await Link.start(SLOW);
  /** @type {{oldest: number, median: number, lost: number, bytes: number}[]} */
  const measured = [];
  for (let run = 0; run < runs; run += 1) {
    const { oldest, median, lost } = await withBoth(
      await Logrtc.start(link.url, { options: {}, prefix: link.near }),
      () => new Drain(link.url, { latency: true, prefix: link.far }),
      async (producer, consumer) => {
        await consumer.opened();
        await producer.pace(SLOW_COUNT, SLOW_PER_SECOND);
        const stats = await consumer.settled(SLOW_COUNT);
        const { max, p50 } = await consumer.latency();
        return { oldest: max, median: p50, lost: stats.lost };
      },
    );
    const bytes = await withBoth(
      await Logrtc.start(link.url, { prefix: link.near }),
      () => new Drain(link.url, { entries: SHOP_ENTRIES, prefix: link.far }),
      async (producer, consumer) => {
        await consumer.opened();
        await producer.shop(SHOP_ENTRIES);
        await consumer.reached();
        const { entries, message_bytes } = await consumer.stats();
        return message_bytes / entries;
      },
    );
    measured.push({ oldest, median, lost, bytes });
  }
  await link.stop();
  return [
    {
      what: "1 Mbit/s, age of the oldest entry on arrival",
      unit: "ms",
      values: measured.map(({ oldest }) => oldest),
      goal: { of: "value", atMost: 1_000 },
    },
    { what: "1 Mbit/s, median age", unit: "ms", values: measured.map(({ median }) => median) },
    { what: "1 Mbit/s, entries counted as lost", unit: "entries", values: measured.map(({ lost }) => lost) },
    {
      what: "1 Mbit/s, the demo's log, bytes an entry",
      unit: "B",
      values: measured.map(({ bytes }) => bytes),
      goal: { of: "value", atMost: 28 },
    },
  ];
}

/** @type {import("../harness/measurement.mjs").Row} */
export const wan = {
  name: "wan",
  title: "Long, lossy and slow paths",
  method:
    "Producer and consumer in a network of their own each, joined by a link with 25 ms one way. Rates as above. At " +
    "1 Mbit/s, with a queue of 100 packets, 2 000 entries a second are logged for 120 s, and then 60 000 entries of the " +
    "demo's log at once, which are compressed with more effort because the link is the limit.",
  async measure({ runs }) {
    const measurements = [];
    for (const name of Object.keys(PATHS)) {
      measurements.push(...(await rates(runs, name)));
    }
    return [...measurements, ...(await slow(Math.min(runs, 3)))];
  },
};
