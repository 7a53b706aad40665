/** To Chromium: one entry a message, and compressed batches that a worker reads. */

import { Chromium } from "../harness/chromium.mjs";
import { InChromium } from "../harness/consumers.mjs";
import { deliver, inTurn, withBoth } from "../harness/delivery.mjs";
import { ByHand, Logrtc } from "../harness/producers.mjs";
import { SignalingServer } from "../harness/server.mjs";

/**
 * @param {number} runs
 * @param {{extension: boolean, entries: number, entriesByHand: number}} options
 */
async function compare(runs, { extension, entries, entriesByHand }) {
  const chromium = await Chromium.start();
  const server = await SignalingServer.start({ allowOrigin: chromium.origin });
  const { ours, byHand } = await inTurn(runs, {
    ours: async () =>
      await withBoth(
        await Logrtc.start(server.url),
        () => InChromium.start(chromium, server.url, { extension, entries }),
        async (producer, consumer) => await deliver(producer, consumer, entries),
      ),
    byHand: async () =>
      await withBoth(
        await ByHand.start(server.url),
        () => InChromium.start(chromium, server.url, { entries: entriesByHand }),
        async (producer, consumer) => await deliver(producer, consumer, entriesByHand),
      ),
  });
  await server.stop();
  await chromium.stop();
  return {
    what: "rate",
    unit: "entries/s",
    values: ours.map(({ rate }) => rate),
    peer: { name: "by hand", values: byHand.map(({ rate }) => rate) },
  };
}

/** @type {import("../harness/measurement.mjs").Row} */
export const chromium = {
  name: "chromium",
  title: "Plain entries, to Chromium",
  method:
    "A producer logs 100 000 entries without a pause; a page counts messages. Chromium's own receiving is the limit: by " +
    "`perf record -a -e cpu-clock` it takes about 40 µs of processor an entry, 20 of them on the page's own thread and 10 in " +
    "its process for the network, where the producer takes 6 and the one by hand 28. If the page's thread is the limit, " +
    "both are equal; if the two processors are, logrtc is faster by what its producer leaves to Chromium.",
  async measure({ runs }) {
    const rate = await compare(runs, { extension: false, entries: 100_000, entriesByHand: 100_000 });
    return [{ ...rate, goal: { of: "every ratio", atLeast: 1.2 } }];
  },
};

/** @type {import("../harness/measurement.mjs").Row} */
export const batchChromium = {
  name: "batch-chromium",
  title: "Compressed batches, to Chromium",
  method:
    "With 500 000 entries. A worker takes the channel, inflates and splits every frame, and reads the level, the target " +
    "and the time of each entry. By hand, a page counts 100 000 messages, and reads nothing of them.",
  async measure({ runs }) {
    const rate = await compare(runs, { extension: true, entries: 500_000, entriesByHand: 100_000 });
    return [{ ...rate, goal: { of: "ratio", atLeast: 5 } }];
  },
};
