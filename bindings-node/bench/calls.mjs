/** What a log call costs the thread that logs, against JSON.stringify and against pino to a file. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "logrtc";
import { stream } from "logrtc/pino";
import pino from "pino";
import { spread } from "../../tests/bench/figures.mjs";

const CALLS = 200_000;
const ROUNDS = 9;

const folder = mkdtempSync(join(tmpdir(), "logrtc-bench-"));
// Nobody is there to connect to: what is measured is the call, into a journal that is full.
const producer = connect({
  clientId: "bench",
  url: "ws://127.0.0.1:9/",
  iceServers: [],
  environment: false,
  level: "info",
});
const toProducer = pino({}, stream({ producer }));
const toFile = pino({}, pino.destination({ dest: join(folder, "sync.log"), sync: true }));
const toFileLater = pino({}, pino.destination({ dest: join(folder, "async.log"), sync: false, minLength: 4096 }));

const MESSAGE = "the query is through";
let sink = "";

/** @type {Record<string, (number: number) => void>} */
const calls = {
  "JSON.stringify(entry)": (number) => {
    const fields = { duration_ms: number, table: "orders" };
    sink = JSON.stringify({
      timestamp: "2024-01-01T12:00:00.000Z",
      level: "INFO",
      target: "app.db",
      message: MESSAGE,
      fields,
    });
  },
  "producer.info": (number) => producer.info("app.db", MESSAGE, { duration_ms: number, table: "orders" }),
  "producer.info without fields": () => producer.info("app.db", MESSAGE),
  "producer.debug, filtered out": (number) =>
    producer.debug("app.db", MESSAGE, { duration_ms: number, table: "orders" }),
  "pino to producer": (number) => toProducer.info({ duration_ms: number, table: "orders" }, MESSAGE),
  "pino to a file": (number) => toFile.info({ duration_ms: number, table: "orders" }, MESSAGE),
  "pino to a file, later": (number) => toFileLater.info({ duration_ms: number, table: "orders" }, MESSAGE),
};

/** @param {number[]} values */
const median = (values) => spread(values).median;

/** Nanoseconds a call. @param {(number: number) => void} call */
function measure(call) {
  const since = process.hrtime.bigint();
  for (let number = 0; number < CALLS; number += 1) {
    call(number);
  }
  return Number(process.hrtime.bigint() - since) / CALLS;
}

/** @type {Record<string, number[]>} */
const times = {};
// In turn, so that what else the machine does befalls them all.
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [name, call] of Object.entries(calls)) {
    times[name] ??= [];
    times[name].push(measure(call));
    // What pino writes later is written now, and not while another is measured.
    await new Promise((resolve) => toFileLater.flush(resolve));
  }
}
for (const [name, values] of Object.entries(times)) {
  console.log(`call: ${name}: ${median(values).toFixed(0)} ns (${ROUNDS} rounds of ${CALLS})`);
}
const ratio = (/** @type {string} */ name, /** @type {string} */ peer) =>
  (median(times[name]) / median(times[peer])).toFixed(2);
console.log(
  `call: ratio of producer.info to JSON.stringify of the entry ${ratio("producer.info", "JSON.stringify(entry)")}`,
);
console.log(`call: ratio of pino to a producer to pino to a file ${ratio("pino to producer", "pino to a file")}`);
console.log(
  `call: ratio of pino to a producer to pino to a file, later ${ratio("pino to producer", "pino to a file, later")}`,
);
if (sink === "") {
  throw new Error("nothing was measured");
}
await producer.close();
rmSync(folder, { recursive: true });
