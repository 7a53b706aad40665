/** A strict server, a consumer on libdatachannel, and a producer of this package that it is connected to. */

import { after } from "node:test";
import { connect } from "logrtc";
import { DataChannelConsumer, cleanup } from "../../../tests/lib/data_channel_consumer.mjs";
import { eventually } from "../../../tests/lib/deadline.mjs";
import { StrictServer } from "../../../tests/lib/strict_server.mjs";

// Its threads keep a process alive.
after(() => cleanup());

/** @typedef {import('node:test').TestContext} TestContext */
/** @typedef {import('logrtc').Producer} Producer */

/** What a test's producer needs to find its server, and nothing from elsewhere. @param {{url: string}} server */
export const optionsFor = ({ url }) => ({ url, clientId: "test", iceServers: [], environment: false });

/** @param {TestContext} t */
export async function startServer(t) {
  const server = await StrictServer.start();
  t.after(() => server.stop());
  return server;
}

/** @param {TestContext} t @param {{url: string}} server */
export function join(t, server) {
  const consumer = new DataChannelConsumer(server.url);
  t.after(() => consumer.leave());
  return consumer;
}

/** Waits until the producer has a consumer. @param {Producer} producer @param {number} [count] */
export async function hasConsumers(producer, count = 1) {
  await eventually("the producer has its consumers", () => producer.stats().consumers.length === count);
}

/**
 * @param {TestContext} t
 * @param {import('logrtc').ProducerOptions} [options]
 */
export async function connected(t, options = {}) {
  const server = await startServer(t);
  const producer = connect({ ...optionsFor(server), ...options });
  t.after(() => producer.close().catch(() => {}));
  const consumer = join(t, server);
  await hasConsumers(producer);
  await consumer.opened();
  return { server, producer, consumer };
}

/** The entries that came, without their timestamps. @param {DataChannelConsumer} consumer @param {number} count */
export async function entriesOf(consumer, count) {
  const entries = await consumer.entries(count);
  return entries.map(({ timestamp, ...entry }) => entry);
}
