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
    "Private memory of the producer's process that the first consumer adds, which has the code that is used now, and that " +
    "each of twenty more adds. The processor time is that of 20 s in which nothing is logged.",
  async measure({ runs }) {
    const server = await SignalingServer.start();
    /** @type {{first: number, each: number, processor: number}[]} */
    const measured = [];
    for (let run = 0; run < runs; run += 1) {
      const producer = await Logrtc.start(server.url, { options: {} });
      const before = privateMiB(producer.pid);
      const first = new Drain(server.url);
      await withBoth(
        producer,
        () => first,
        async ({ pid }) => {
          await first.opened();
          await sleep(SETTLE_MS);
          const withFirst = privateMiB(pid);
          const others = new Drain(server.url, { consumers: CONSUMERS });
          try {
            await others.opened();
            await sleep(SETTLE_MS);
            const withAll = privateMiB(pid);
            const since = cpuSeconds(pid);
            await sleep(WATCH_MS);
            const processor = (100 * (cpuSeconds(pid) - since)) / (WATCH_MS / 1e3);
            measured.push({ first: withFirst - before, each: (withAll - withFirst) / CONSUMERS, processor });
          } finally {
            await others.stop();
          }
        },
      );
    }
    await server.stop();
    return [
      {
        what: "memory, each",
        unit: "MiB",
        values: measured.map(({ each }) => each),
        goal: { of: "value", atMost: 0.4 },
      },
      { what: "memory, the first", unit: "MiB", values: measured.map(({ first }) => first) },
      {
        what: "processor, all of them",
        unit: "% of a core",
        values: measured.map(({ processor }) => processor),
        goal: { of: "value", atMost: 1 },
      },
    ];
  },
};
