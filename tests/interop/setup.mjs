/** A strict server with a producer, and consumers on libdatachannel, for one test. */

import { after } from "node:test";
import { DataChannelConsumer, cleanup } from "../lib/data_channel_consumer.mjs";
import { Producer } from "../lib/producer.mjs";
import { StrictServer } from "../lib/strict_server.mjs";

// Its threads keep a process alive.
after(() => cleanup());

/** @typedef {import("node:test").TestContext} TestContext */

/**
 * @param {TestContext} t
 * @param {Record<string, number>} [options] of the producer
 */
export async function startProducer(t, options = {}) {
  const server = await StrictServer.start();
  t.after(() => server.stop());
  const producer = new Producer(server.url, { options });
  t.after(() => producer.stop());
  await producer.registered();
  return { server, producer };
}

/**
 * @param {TestContext} t
 * @param {{url: string}} server
 */
export function join(t, server) {
  const consumer = new DataChannelConsumer(server.url);
  t.after(() => consumer.leave());
  return consumer;
}
