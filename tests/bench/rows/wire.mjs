/** Bytes of messages an entry, of the demo's log. */

import { Drain } from "../harness/consumers.mjs";
import { withBoth } from "../harness/delivery.mjs";
import { Logrtc } from "../harness/producers.mjs";
import { SignalingServer } from "../harness/server.mjs";

const ENTRIES = 200_000;
/** So many a second fill a frame each time that one is made, and no consumer falls behind. */
const PER_SECOND = 60_000;

/** @type {import("../harness/measurement.mjs").Row} */
export const wire = {
  name: "wire",
  title: "Bytes on the wire",
  method:
    "200 000 entries of the log of `logrtc demo` in full frames, to our consumer: 60 000 a second, and all at once. Bytes of " +
    "the messages on the channel are counted, without the headers of SCTP, DTLS and UDP. A consumer that keeps up gets frames " +
    "of level 2, one that is behind of level 1, which in zlib-rs has fixed codes only and is twice as fast.",
  async measure({ runs }) {
    const server = await SignalingServer.start();
    /** @type {number[]} */
    const asText = [];
    /** @param {number} perSecond */
    const onWire = async (perSecond) => {
      /** @type {number[]} */
      const bytes = [];
      for (let run = 0; run < runs; run += 1) {
        await withBoth(
          await Logrtc.start(server.url),
          () => new Drain(server.url, { entries: ENTRIES }),
          async (producer, consumer) => {
            await consumer.opened();
            await producer.shop(ENTRIES, perSecond);
            await consumer.reached();
            const { entries, entry_bytes, message_bytes } = await consumer.stats();
            bytes.push(message_bytes / entries);
            asText.push(entry_bytes / entries);
          },
        );
      }
      return bytes;
    };
    const keepsUp = await onWire(PER_SECOND);
    const isBehind = await onWire(Number.MAX_SAFE_INTEGER);
    await server.stop();
    return [
      {
        what: "bytes an entry, to one that keeps up",
        unit: "B",
        values: keepsUp,
        peer: { name: "as text", values: asText.slice(0, runs) },
        goal: { of: "value", atMost: 35 },
      },
      {
        what: "bytes an entry, to one that is behind",
        unit: "B",
        values: isBehind,
        peer: { name: "as text", values: asText.slice(runs) },
      },
    ];
  },
};
