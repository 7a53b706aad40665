/** A hundred consumers, each of which wants everything. */

import { Drain } from "../harness/consumers.mjs";
import { withBoth } from "../harness/delivery.mjs";
import { cpuSeconds } from "../harness/process.mjs";
import { Logrtc } from "../harness/producers.mjs";
import { SignalingServer } from "../harness/server.mjs";

const CONSUMERS = 100;
const COUNT = 20_000;
const PER_SECOND = 1_000;

/** @type {import("../harness/measurement.mjs").Row} */
export const many = {
  name: "many",
  title: "A hundred consumers",
  method:
    "1 000 entries a second for 20 s, to a hundred consumers in one process on the same machine. Every one gets every " +
    "entry, or the run fails. From the log call until the consumer has the entry.",
  async measure({ runs }) {
    const server = await SignalingServer.start();
    /** @type {number[]} */
    const p99 = [];
    /** @type {number[]} */
    const median = [];
    /** @type {number[]} */
    const processor = [];
    for (let run = 0; run < runs; run += 1) {
      await withBoth(
        await Logrtc.start(server.url, { options: { max_consumers: CONSUMERS } }),
        () => new Drain(server.url, { consumers: CONSUMERS, entries: COUNT, latency: true }),
        async (producer, consumers) => {
          await consumers.opened();
          const before = cpuSeconds(producer.pid);
          await producer.pace(COUNT, PER_SECOND);
          await consumers.reached();
          processor.push((100 * (cpuSeconds(producer.pid) - before)) / (COUNT / PER_SECOND));
          const { least_entries, entries, lost } = await consumers.stats();
          if (least_entries !== COUNT || entries !== COUNT * CONSUMERS || lost !== 0) {
            throw new Error(`${entries} entries came, at least ${least_entries} to each, and ${lost} were lost`);
          }
          const latency = await consumers.latency();
          p99.push(latency.p99);
          median.push(latency.p50);
        },
      );
    }
    await server.stop();
    return [
      { what: "latency, p99", unit: "ms", values: p99, goal: { of: "value", atMost: 250 } },
      { what: "latency, median", unit: "ms", values: median },
      { what: "processor of the producer", unit: "% of a core", values: processor },
    ];
  },
};
