/** From `consumer_connected` to an open channel, on loopback: to libdatachannel and to Chromium. */

import { DataChannelConsumer, cleanup } from "../lib/data_channel_consumer.mjs";
import { eventually } from "../lib/deadline.mjs";
import { Producer } from "../lib/producer.mjs";
import { StrictServer } from "../lib/strict_server.mjs";
import { report } from "./figures.mjs";
import { HandMadeProducer } from "./hand_made_producer.mjs";
import { PageConsumer } from "./page_consumer.mjs";

const TRIES = 20;

/** The moment at which the server announced the last consumer, by `Date.now` with a fraction. */
let announcedAt = 0;
const now = () => performance.timeOrigin + performance.now();

const server = await StrictServer.start({
  watch: (_, message) => {
    if (message.type === "consumer_connected") {
      announcedAt = now();
    }
  },
});
const browser = await PageConsumer.start();

async function toDataChannel() {
  const times = [];
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const consumer = new DataChannelConsumer(server.url);
    await consumer.opened();
    times.push(performance.timeOrigin + (consumer.openedAtMs ?? 0) - announcedAt);
    consumer.leave();
  }
  return times;
}

async function toChromium() {
  const times = [];
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    await browser.join(server.url);
    const { open } = await eventually("the channel opens", async () => {
      const state = await browser.state();
      return state.open > 0 && state;
    });
    times.push(open - announcedAt);
    await browser.leave();
  }
  return times;
}

const producer = new Producer(server.url, { profile: "release" });
await producer.registered();
const ours = report("open: logrtc -> libdatachannel", await toDataChannel(), "ms");
const oursChromium = report("open: logrtc -> Chromium", await toChromium(), "ms");
await producer.stop();

const byHand = new HandMadeProducer(server.url);
await eventually("it registers", () => server.heard.some(({ client_id }) => client_id === "by-hand"));
const theirs = report("open: libdatachannel by hand -> libdatachannel", await toDataChannel(), "ms");
const theirsChromium = report("open: libdatachannel by hand -> Chromium", await toChromium(), "ms");
console.log(`open: ratio to libdatachannel by hand: ${(ours / theirs).toFixed(2)}, in Chromium ${(oursChromium / theirsChromium).toFixed(2)}`);

byHand.stop();
await browser.close();
await server.stop();
cleanup();
