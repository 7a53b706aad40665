/** The extension: entries in compressed frames, to our own consumer in Rust. */

import { Drain, LibDataChannel } from "../harness/consumers.mjs";
import { deliver, inTurn, withBoth } from "../harness/delivery.mjs";
import { ByHand, Logrtc } from "../harness/producers.mjs";
import { SignalingServer } from "../harness/server.mjs";

const ENTRIES = 1_000_000;
const ENTRIES_BY_HAND = 200_000;

/** @type {import("../harness/measurement.mjs").Row} */
export const batch = {
  name: "batch",
  title: "Compressed batches, to our consumer in Rust on loopback",
  method:
    "As above, with 1 000 000 entries. The consumer speaks the extension, inflates and splits every frame, and counts the " +
    "entries. By hand, it is entries one by one to node-datachannel, which is all that one has there.",
  async measure({ runs }) {
    const server = await SignalingServer.start();
    const { ours, byHand } = await inTurn(runs, {
      ours: async () =>
        await withBoth(
          await Logrtc.start(server.url),
          () => new Drain(server.url, { entries: ENTRIES }),
          async (producer, consumer) => await deliver(producer, consumer, ENTRIES),
        ),
      byHand: async () =>
        await withBoth(
          await ByHand.start(server.url),
          () => new LibDataChannel(server.url, { entries: ENTRIES_BY_HAND }),
          async (producer, consumer) => await deliver(producer, consumer, ENTRIES_BY_HAND),
        ),
    });
    await server.stop();
    return [
      {
        what: "rate",
        unit: "entries/s",
        values: ours.map(({ rate }) => rate),
        peer: { name: "by hand", values: byHand.map(({ rate }) => rate) },
        goal: { of: "ratio", atLeast: 8 },
      },
      {
        what: "processor time of producer and consumer together",
        unit: "s per million",
        values: ours.map(({ bothCpu }) => bothCpu),
        peer: { name: "by hand", values: byHand.map(({ bothCpu }) => bothCpu) },
        goal: { of: "ratio", atMost: 0.15 },
      },
      {
        what: "processor time of the producer",
        unit: "s per million",
        values: ours.map(({ producerCpu }) => producerCpu),
        peer: { name: "by hand", values: byHand.map(({ producerCpu }) => producerCpu) },
      },
    ];
  },
};
