/** A producer behind a slow link, and what is on this side of it. Runs in a network namespace of its own: `npm run test:wan`. */

import { after } from "node:test";
import { builtProgram } from "../lib/child.mjs";
import { DataChannelConsumer, cleanup } from "../lib/data_channel_consumer.mjs";
import { Producer } from "../lib/producer.mjs";
import { StrictServer } from "../lib/strict_server.mjs";

// Its threads keep a process alive.
after(() => cleanup());

/** @typedef {import("node:test").TestContext} TestContext */

/**
 * @typedef {{delay_ms: number, rate_kbit?: number, loss_percent?: number, queue_kb?: number}} Link in both directions
 * @typedef {{over_ms: number, carried_bytes: number, lost_packets: number, queued_ms: number, late_ms: number}} Direction
 * @typedef {{outward: Direction, inward: Direction}} LinkStats `outward`: from the producer
 */

/** This end of the link. */
export const NEAR = "10.77.0.2";

/** What starts a program at the other end of a link. @param {Link} link */
export function behind(link) {
  const program = builtProgram({ name: "test-wan", package: "logrtc-test-wan", override: "LOGRTC_TEST_WAN" });
  return [program, ...Object.entries(link).map(([key, value]) => `${key}=${value}`), "--"];
}

/** @param {TestContext} t */
export async function startServer(t) {
  // The address is there as soon as the link is.
  const server = await StrictServer.start({ host: "0.0.0.0" });
  t.after(() => server.stop());
  return { server, url: `ws://${NEAR}:${server.port}/signaling` };
}

/**
 * @param {TestContext} t
 * @param {string} url
 * @param {Link} link
 * @param {ConstructorParameters<typeof Producer>[1]} [start]
 */
export async function startProducer(t, url, link, start = {}) {
  const producer = new Producer(url, { ...start, through: behind(link) });
  t.after(() => producer.stop());
  await producer.registered();
  return producer;
}

/** @param {TestContext} t @param {string} url @param {ConstructorParameters<typeof DataChannelConsumer>[1]} [handlers] */
export async function join(t, url, handlers) {
  const consumer = new DataChannelConsumer(url, handlers);
  t.after(() => consumer.leave());
  await consumer.opened();
  return consumer;
}

/** What the link did since it was asked last. @param {Producer} producer @returns {Promise<LinkStats>} */
export async function linkStats(producer) {
  return await producer.command("link stats");
}
