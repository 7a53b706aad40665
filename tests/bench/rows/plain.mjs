/** Part 1 of the protocol, one entry a message, to libdatachannel. */

import { LibDataChannel } from "../harness/consumers.mjs";
import { deliver, inTurn, withBoth } from "../harness/delivery.mjs";
import { ByHand, Logrtc } from "../harness/producers.mjs";
import { SignalingServer } from "../harness/server.mjs";

const ENTRIES = 200_000;

/** @type {import("../harness/measurement.mjs").Row} */
export const plain = {
  name: "plain",
  title: "Plain entries, to libdatachannel on loopback",
  method:
    "A producer logs 200 000 entries without a pause; a consumer on node-datachannel, in a process of its own, counts " +
    "messages. The rate is from the first log call to the last entry received. The processor time is that of the producer.",
  async measure({ runs }) {
    const server = await SignalingServer.start();
    /** @param {() => Promise<import("../harness/producers.mjs").BenchProducer>} start */
    const to = async (start) =>
      await withBoth(
        await start(),
        () => new LibDataChannel(server.url, { entries: ENTRIES }),
        async (producer, consumer) => await deliver(producer, consumer, ENTRIES),
      );
    const { ours, byHand } = await inTurn(runs, {
      ours: async () => await to(async () => await Logrtc.start(server.url)),
      byHand: async () => await to(async () => await ByHand.start(server.url)),
    });
    await server.stop();
    return [
      {
        what: "rate",
        unit: "entries/s",
        values: ours.map(({ rate }) => rate),
        peer: { name: "by hand", values: byHand.map(({ rate }) => rate) },
        goal: { of: "ratio", atLeast: 2.5 },
      },
      {
        what: "processor time of the producer",
        unit: "s per million",
        values: ours.map(({ producerCpu }) => producerCpu),
        peer: { name: "by hand", values: byHand.map(({ producerCpu }) => producerCpu) },
        goal: { of: "ratio", atMost: 0.6 },
      },
    ];
  },
};
