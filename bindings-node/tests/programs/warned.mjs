/**
 * `warned.mjs HOW PORT`: logs, with no server at the port at first, and says which warnings there are. A server comes when the
 * first is there.
 */

import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker, isMainThread, workerData } from "node:worker_threads";
import { connect } from "logrtc";
import pino from "pino";
import { StrictServer } from "../../../tests/lib/strict_server.mjs";

const [how, port] = process.argv.slice(2);
const options = {
  url: `ws://127.0.0.1:${port}/signaling`,
  clientId: "app",
  iceServers: [],
  environment: false,
  reconnectIntervalMs: 50,
};

async function listened() {
  const producer = connect(options);
  if (how === "listeners") {
    for (let listener = 0; listener < 3; listener += 1) {
      producer.on("state", () => {});
      producer.on("serverError", () => {});
    }
  }
  producer.info("app", "hi");
  /** @type {string[]} */
  const warnings = [];
  process.on("warning", (/** @type {NodeJS.ErrnoException} */ { name, code, message }) => {
    warnings.push(`${name} ${code} ${message}`);
  });
  while (warnings.length === 0 || producer.lastError === null) {
    await sleep(10);
  }
  console.log(`failed ${producer.lastError}`);
  let failures = 0;
  producer.on("serverError", () => {
    failures += 1;
  });
  while (failures < 3) {
    await sleep(10);
  }
  const server = await StrictServer.start({ port: Number(port) });
  while (warnings.length < 2) {
    await sleep(10);
  }
  console.log(`recovered ${producer.lastError}`);
  await producer.close();
  await server.stop();
  warnings.forEach((warning) => console.log(warning));
}

if (how === "pino") {
  pino(pino.transport({ target: "logrtc/pino", options: { ...options, reconnectIntervalMs: 5_000 } })).info("hi");
} else if (how === "worker" && isMainThread) {
  const worker = new Worker(new URL(import.meta.url), { argv: [how, port], workerData: "worker" });
  await once(worker, "exit");
} else if (how === "idle") {
  // Neither a warning nor what brings it keeps the process alive.
  connect(options);
} else {
  if (how === "worker" && workerData !== "worker") {
    throw new Error("it is the main thread");
  }
  await listened();
}
