/** From `consumer_connected` to an open channel. */

import { DataChannelConsumer } from "../../lib/data_channel_consumer.mjs";
import { StrictServer } from "../../lib/strict_server.mjs";
import { spread } from "../figures.mjs";
import { inTurn } from "../harness/delivery.mjs";
import { ByHand, Logrtc } from "../harness/producers.mjs";
import { nowMs } from "../page/clock.js";

const TRIES = 20;

/** @type {import("../harness/measurement.mjs").Row} */
export const open = {
  name: "open",
  title: "Opening a channel",
  method: "From `consumer_connected` to the open channel of a consumer on node-datachannel: the median of 20 channels.",
  async measure({ runs }) {
    let announcedAt = 0;
    const server = await StrictServer.start({
      watch: (_, message) => {
        if (message.type === "consumer_connected") {
          announcedAt = nowMs();
        }
      },
    });
    const openOnce = async () => {
      const consumer = new DataChannelConsumer(server.url);
      await consumer.opened();
      const openedAt = performance.timeOrigin + (consumer.openedAtMs ?? 0) + (nowMs() - performance.timeOrigin - performance.now());
      consumer.leave();
      return openedAt - announcedAt;
    };
    /** @param {import("../harness/producers.mjs").BenchProducer} producer */
    const median = async (producer) => {
      const times = [];
      for (let attempt = 0; attempt < TRIES; attempt += 1) {
        times.push(await openOnce());
      }
      await producer.stop();
      return spread(times).median;
    };
    const { ours, byHand } = await inTurn(runs, {
      ours: async () => await median(await Logrtc.start(server.url)),
      byHand: async () => await median(await ByHand.start(server.url)),
    });
    await server.stop();
    return [
      {
        what: "until open",
        unit: "ms",
        values: ours,
        peer: { name: "by hand", values: byHand },
        goal: { of: "value", atMost: 40 },
      },
    ];
  },
};
