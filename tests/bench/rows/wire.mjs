/** Bytes of messages an entry, of the demo's log. */

import { Drain } from "../harness/consumers.mjs";
import { withBoth } from "../harness/delivery.mjs";
import { Logrtc } from "../harness/producers.mjs";
import { SignalingServer } from "../harness/server.mjs";

const ENTRIES = 200_000;

/** @type {import("../harness/measurement.mjs").Row} */
export const wire = {
  name: "wire",
  title: "Bytes on the wire",
  method:
    "200 000 entries of the log of `logrtc demo` in full frames, to our consumer. Bytes of the messages on the channel are " +
    "counted, without the headers of SCTP, DTLS and UDP. On loopback the processor is the limit, and frames are compressed " +
    "with the least effort.",
  async measure({ runs }) {
    const server = await SignalingServer.start();
    /** @type {number[]} */
    const onWire = [];
    /** @type {number[]} */
    const asText = [];
    for (let run = 0; run < runs; run += 1) {
      await withBoth(
        await Logrtc.start(server.url),
        () => new Drain(server.url, { entries: ENTRIES }),
        async (producer, consumer) => {
          await consumer.opened();
          await producer.shop(ENTRIES);
          await consumer.reached();
          const { entries, entry_bytes, message_bytes } = await consumer.stats();
          onWire.push(message_bytes / entries);
          asText.push(entry_bytes / entries);
        },
      );
    }
    await server.stop();
    return [
      {
        what: "bytes an entry, least effort",
        unit: "B",
        values: onWire,
        peer: { name: "as text", values: asText },
        goal: { of: "value", atMost: 35 },
      },
    ];
  },
};
