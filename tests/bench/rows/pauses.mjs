/** Whether the number of consumers shows in what a log call takes. */

import { setTimeout as sleep } from "node:timers/promises";
import { Drain } from "../harness/consumers.mjs";
import { inTurn } from "../harness/delivery.mjs";
import { Logrtc } from "../harness/producers.mjs";
import { SignalingServer } from "../harness/server.mjs";

const COUNT = 50_000;
const PER_SECOND = 10_000;
const SETTLE_MS = 3_000;
const OPTIONS = { max_consumers: 1_000 };

/** @param {string} url @param {number} consumers @returns {Promise<number>} microseconds */
async function p99(url, consumers) {
  const producer = await Logrtc.start(url, { options: OPTIONS });
  const drain = consumers > 0 ? new Drain(url, { consumers, filter: "off" }) : undefined;
  try {
    await drain?.opened();
    await sleep(SETTLE_MS);
    return (await producer.pace(COUNT, PER_SECOND)).call_ns.p99 / 1e3;
  } finally {
    await drain?.stop();
    await producer.stop();
  }
}

/** @type {import("../harness/measurement.mjs").Row} */
export const pauses = {
  name: "pauses",
  title: "The slowest log calls, with many idle consumers",
  method:
    "The 99th percentile of a log call at 10 000 a second for 5 s, with none, 64 and 500 consumers whose filter wants none " +
    "of the entries. By `/proc/PID/task/*/schedstat`, 50 000 calls beside 500 consumers run 376 ms, and 359 ms without them; " +
    "they wait 334 ms for a processor, which the timers of 500 connections take at both ends of this machine.",
  async measure({ runs }) {
    const server = await SignalingServer.start();
    const { none, some, many } = await inTurn(runs, {
      none: async () => await p99(server.url, 0),
      some: async () => await p99(server.url, 64),
      many: async () => await p99(server.url, 500),
    });
    await server.stop();
    const peer = { name: "no consumer", values: none };
    return [
      { what: "64 consumers", unit: "µs", values: some, peer, goal: { of: "ratio", atMost: 1.5 } },
      { what: "500 consumers", unit: "µs", values: many, peer, goal: { of: "ratio", atMost: 1.5 } },
    ];
  },
};
