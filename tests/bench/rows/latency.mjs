/** From the log call to the consumer's `onmessage`. */

import { Chromium } from "../harness/chromium.mjs";
import { Drain, InChromium, LibDataChannel } from "../harness/consumers.mjs";
import { inTurn, withBoth } from "../harness/delivery.mjs";
import { ByHand, Logrtc } from "../harness/producers.mjs";
import { SignalingServer } from "../harness/server.mjs";

/** @typedef {import("../harness/consumers.mjs").BenchConsumer} BenchConsumer */
/** @typedef {import("../harness/consumers.mjs").Latency} Latency */

/** Entries that are alone on their channel. */
const ALONE = { count: 40, perSecond: 10 };
const STEADY = [
  { count: 3_000, perSecond: 1_000 },
  { count: 30_000, perSecond: 10_000 },
];

/**
 * @param {() => Promise<import("../harness/producers.mjs").BenchProducer>} start
 * @param {() => BenchConsumer | Promise<BenchConsumer>} join
 * @param {{count: number, perSecond: number}} load
 * @returns {Promise<Latency>}
 */
async function latency(start, join, { count, perSecond }) {
  return await withBoth(await start(), join, async (producer, consumer) => {
    await consumer.opened();
    await producer.pace(count, perSecond);
    for (;;) {
      const measured = await consumer.latency();
      if (measured.count >= count) {
        return measured;
      }
    }
  });
}

/** @type {import("../harness/measurement.mjs").Row} */
export const latencies = {
  name: "latency",
  title: "Latency",
  method:
    "From the log call to `onmessage`, by the clock of the machine. Alone: ten entries a second, each on an idle channel. " +
    "In Chromium at 1 000 and 10 000 entries a second, the page has one entry a message; with the extension, a worker " +
    "has read it.",
  async measure({ runs }) {
    const chromium = await Chromium.start();
    const server = await SignalingServer.start({ allowOrigin: chromium.origin });
    const ours = async () => await Logrtc.start(server.url);
    const byHand = async () => await ByHand.start(server.url);
    const drain = () => new Drain(server.url, { latency: true });
    const node = () => new LibDataChannel(server.url, { latency: true });
    /** @param {boolean} extension */
    const page = (extension) => async () => await InChromium.start(chromium, server.url, { extension, latency: true });
    /** @type {import("../harness/measurement.mjs").Measurement[]} */
    const measurements = [];

    const alone = await inTurn(runs, {
      ours: async () => await latency(ours, drain, ALONE),
      off: async () => await latency(ours, node, ALONE),
      byHand: async () => await latency(byHand, node, ALONE),
    });
    const median = (/** @type {Latency[]} */ results) => results.map(({ p50 }) => p50);
    const peer = { name: "by hand", values: median(alone.byHand) };
    measurements.push(
      { what: "alone, extension, median", unit: "ms", values: median(alone.ours), peer, goal: { of: "value", atMost: 1 } },
      { what: "alone, plain, median", unit: "ms", values: median(alone.off), peer },
    );

    for (const load of [ALONE, ...STEADY]) {
      const inPage = await inTurn(runs, {
        extension: async () => await latency(ours, page(true), load),
        plain: async () => await latency(ours, page(false), load),
        byHand: async () => await latency(byHand, page(false), load),
      });
      const name = load === ALONE ? "alone" : `${load.perSecond.toLocaleString("en")}/s`;
      const p99 = (/** @type {Latency[]} */ results) => results.map(({ p99 }) => p99);
      // Of a few entries, the 99th percentile is the slowest.
      for (const [share, of] of Object.entries(load === ALONE ? { median } : { median, p99 })) {
        const peer = { name: "by hand", values: of(inPage.byHand) };
        measurements.push(
          { what: `Chromium, ${name}, extension, ${share}`, unit: "ms", values: of(inPage.extension), peer },
          { what: `Chromium, ${name}, plain, ${share}`, unit: "ms", values: of(inPage.plain), peer },
        );
      }
    }
    await server.stop();
    await chromium.stop();
    return measurements;
  },
};
