/**
 * `workers.mjs HOW URL COUNT`: so many workers, each with a producer of its own, beside one of the main thread. They end
 * by themselves, or are terminated in the middle of whatever they do. None begins before a consumer has the first entry of
 * the main thread, which logs on as they end, and leaves no moment without an entry.
 */

import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker, isMainThread, parentPort, threadId, workerData } from "node:worker_threads";
import { connect } from "logrtc";

const [how, url, count] = process.argv.slice(2);
const options = { url, iceServers: [], environment: false };

async function work() {
  const producer = connect({ ...options, clientId: `worker${workerData}`, closeTimeoutMs: 10_000 });
  producer.on("state", () => {});
  if (how === "terminated") {
    for (;;) {
      producer.info("worker", "busy", { threadId });
      producer.flush().catch(() => {});
      await sleep(0);
    }
  }
  producer.info("worker", "hello");
  // When a consumer has it.
  await once(/** @type {import('node:worker_threads').MessagePort} */ (parentPort), "message");
  for (let number = 0; number < 100; number += 1) {
    producer.info("worker", "numbered", { number });
  }
  if (how === "exit") {
    process.exit(4);
  }
}

/** @param {number} number */
async function run(number) {
  const worker = new Worker(new URL(import.meta.url), { argv: [how, url], workerData: number });
  const exited = once(worker, "exit");
  /** @param {unknown} name */
  const tell = (name) => name === `worker${number}` && worker.postMessage("seen");
  process.on("message", tell);
  if (how === "terminated") {
    // From before its first line to long after its connection.
    await sleep(Math.random() * 200);
    await worker.terminate();
  }
  const [code] = await exited;
  process.off("message", tell);
  return code;
}

if (isMainThread) {
  const producer = connect({ ...options, clientId: "main" });
  producer.info("main", "first");
  // When a consumer has it; nobody else has logged yet.
  await once(process, "message");
  let next = 0;
  /** @type {number[]} */
  const codes = [];
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      while (next < Number(count)) {
        next += 1;
        codes.push(await run(next));
        producer.info("main", "next");
      }
    }),
  );
  producer.info("main", "last");
  console.log(`${codes.length} ${[...new Set(codes)]}`);
} else {
  await work();
}
