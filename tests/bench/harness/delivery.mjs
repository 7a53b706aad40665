/** One delivery: a producer logs, a consumer receives, and both are watched. */

import { nowMs } from "../page/clock.js";
import { cpuSeconds } from "./process.mjs";

/**
 * @typedef {object} Delivery
 * @property {number} rate entries a second, from the first log call to the last entry received
 * @property {number} producerCpu seconds of the processor a million entries
 * @property {number} bothCpu the same of producer and consumer; NaN if the consumer is no process of ours
 */

/**
 * @param {import("./producers.mjs").BenchProducer} producer
 * @param {import("./consumers.mjs").BenchConsumer} consumer
 * @param {number} count
 * @returns {Promise<Delivery>}
 */
export async function deliver(producer, consumer, count) {
  await consumer.opened();
  const cpu = () => [producer.pid, consumer.pid].map((pid) => (pid === undefined ? Number.NaN : cpuSeconds(pid)));
  const before = cpu();
  const since = nowMs();
  const received = async () => {
    const until = await consumer.reached();
    return { until, used: cpu().map((seconds, index) => ((seconds - before[index]) / count) * 1e6) };
  };
  const [{ until, used }] = await Promise.all([received(), producer.burst(count)]);
  return { rate: count / ((until - since) / 1e3), producerCpu: used[0], bothCpu: used[0] + used[1] };
}

/**
 * Runs the sides in turn, so many times, so that what else the machine does befalls all of them.
 *
 * @template {string} Side
 * @template Result
 * @param {number} runs
 * @param {Record<Side, () => Promise<Result>>} sides
 * @returns {Promise<Record<Side, Result[]>>}
 */
export async function inTurn(runs, sides) {
  const names = /** @type {Side[]} */ (Object.keys(sides));
  const results = /** @type {Record<Side, Result[]>} */ ({});
  for (const name of names) {
    results[name] = [];
  }
  for (let run = 0; run < runs; run += 1) {
    for (const name of names) {
      results[name].push(await sides[name]());
    }
  }
  return results;
}

/**
 * Both are stopped at the end, however it goes.
 *
 * @template {{stop: () => Promise<void>}} First
 * @template {{stop: () => Promise<void>}} Second
 * @template Result
 * @param {First} first
 * @param {() => Second | Promise<Second>} start
 * @param {(first: First, second: Second) => Promise<Result>} use
 */
export async function withBoth(first, start, use) {
  try {
    const second = await start();
    try {
      return await use(first, second);
    } finally {
      await second.stop();
    }
  } finally {
    await first.stop();
  }
}
