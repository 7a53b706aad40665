/** Ten consumers against one. */

import { Drain } from "../harness/consumers.mjs";
import { deliver, inTurn, withBoth } from "../harness/delivery.mjs";
import { Logrtc } from "../harness/producers.mjs";
import { SignalingServer } from "../harness/server.mjs";

const ENTRIES = 300_000;
const MANY = 10;

/** @type {import("../harness/measurement.mjs").Row} */
export const fanOut = {
  name: "fan-out",
  title: "Ten consumers",
  method:
    "300 000 entries in compressed batches, to ten consumers and to one, all in one process. The processor time is that of " +
    "the producer until every consumer has every entry.",
  async measure({ runs }) {
    const server = await SignalingServer.start();
    /** @param {number} consumers */
    const to = async (consumers) =>
      await withBoth(
        await Logrtc.start(server.url),
        () => new Drain(server.url, { consumers, entries: ENTRIES }),
        async (producer, consumer) => await deliver(producer, consumer, ENTRIES),
      );
    const { many, one } = await inTurn(runs, { many: async () => await to(MANY), one: async () => await to(1) });
    await server.stop();
    return [
      {
        what: "processor time of the producer, ten consumers",
        unit: "s per million",
        values: many.map(({ producerCpu }) => producerCpu),
        peer: { name: "one consumer", values: one.map(({ producerCpu }) => producerCpu) },
        goal: { of: "ratio", atMost: 3 },
      },
    ];
  },
};
