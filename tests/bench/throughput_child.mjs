/** One end on libdatachannel, in a process of its own: `consumer URL COUNT`, or `producer URL`. */

import { DataChannelConsumer } from "../lib/data_channel_consumer.mjs";
import { HandMadeProducer } from "./hand_made_producer.mjs";

const [role, url, count] = process.argv.slice(2);
/** @param {object} message */
const tell = (message) => process.send?.(message);

if (role === "consumer") {
  let left = Number(count);
  new DataChannelConsumer(url, {
    onOpen: () => tell({ open: true }),
    onMessage: () => {
      left -= 1;
      if (left === 0) {
        tell({ reached: Date.now() });
      }
    },
  });
} else {
  const producer = new HandMadeProducer(url);
  producer.socket.once("open", () => tell({ open: true }));
  process.on("message", (/** @type {{log: number}} */ { log }) => producer.log(log));
}
