/** Consumers that get nothing, because nothing is logged. */

import { setTimeout as sleep } from "node:timers/promises";
import { Drain } from "../harness/consumers.mjs";
import { withBoth } from "../harness/delivery.mjs";
import { cpuSeconds, privateMiB } from "../harness/process.mjs";
import { Logrtc } from "../harness/producers.mjs";
import { SignalingServer } from "../harness/server.mjs";

const CONSUMERS = 20;
const SETTLE_MS = 3_000;
const WATCH_MS = 20_000;

/** @type {import("../harness/measurement.mjs").Row} */
export const idle = {
  name: "idle",
  title: "Twenty idle consumers",
  method:
    "Private memory of the producer's process before the first consumer and 3 s after the last, a consumer; processor time " +
    "over 20 s in which nothing is logged, of one core.",
  async measure({ runs }) {
    const server = await SignalingServer.start();
    /** @type {number[]} */
    const memory = [];
    /** @type {number[]} */
    const processor = [];
    for (let run = 0; run < runs; run += 1) {
      const producer = await Logrtc.start(server.url, { options: {} });
      const before = privateMiB(producer.pid);
      await withBoth(
        producer,
        () => new Drain(server.url, { consumers: CONSUMERS }),
        async ({ pid }, consumers) => {
          await consumers.opened();
          await sleep(SETTLE_MS);
          memory.push((privateMiB(pid) - before) / CONSUMERS);
          const since = cpuSeconds(pid);
          await sleep(WATCH_MS);
          processor.push((100 * (cpuSeconds(pid) - since)) / (WATCH_MS / 1e3));
        },
      );
    }
    await server.stop();
    return [
      { what: "memory a consumer", unit: "MiB", values: memory, goal: { of: "value", atMost: 0.4 } },
      { what: "processor, all twenty", unit: "% of a core", values: processor, goal: { of: "value", atMost: 1 } },
    ];
  },
};
