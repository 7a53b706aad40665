/**
 * One end on libdatachannel, in a process of its own: `consumer URL COUNT` tells when it has so many entries,
 * `latency URL 0` how long each took, and `producer URL` logs what it is told to.
 */

import { DataChannelConsumer } from "../lib/data_channel_consumer.mjs";
import { HandMadeProducer } from "./hand_made_producer.mjs";
import { LoadedEntries, sentUs } from "./load.mjs";
import { latencyMs, nowMs } from "./page/clock.js";

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
        tell({ reached: nowMs() });
      }
    },
  });
} else if (role === "latency") {
  /** @type {number[]} */
  const latencies = [];
  new DataChannelConsumer(url, {
    onOpen: () => tell({ open: true }),
    onMessage: (message) => latencies.push(latencyMs(String(message))),
  });
  process.on("message", () => tell({ latencies }));
} else {
  // A command that runs this one may end first.
  process.once("disconnect", () => process.exit());
  const producer = new HandMadeProducer(url);
  const load = new LoadedEntries();
  producer.socket.once("open", () => tell({ open: true }));
  process.on("message", async (/** @type {{log?: number, burst?: number, pace?: [number, number]}} */ request) => {
    if (request.log !== undefined) {
      await producer.log(request.log);
    } else if (request.burst !== undefined) {
      await producer.log(request.burst, (number) => load.entry(number, sentUs()));
      tell({ logged: request.burst });
    } else if (request.pace !== undefined) {
      const [entries, perSecond] = request.pace;
      await producer.pace(entries, perSecond, (number) => load.entry(number, sentUs()));
      tell({ logged: entries });
    }
  });
}
