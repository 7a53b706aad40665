/** A test file of Jest, which logs ten entries and leaves its producer open. `NUMBER` is the number of this copy. */

const { appendFileSync, readdirSync } = require("node:fs");
const { setTimeout: sleep } = require("node:timers/promises");
const { setFlagsFromString } = require("node:v8");
const { runInNewContext } = require("node:vm");

const number = Number("NUMBER");
const { LOG_URL: url, USAGE: usage, COLLECTS: collects } = process.env;
const options = { clientId: `file${number}`, url, iceServers: [], environment: false };

const countIn = (/** @type {string} */ folder) => readdirSync(`/proc/self/${folder}`).length;

async function collectGarbage() {
  setFlagsFromString("--expose-gc");
  for (let round = 0; round < 10; round += 1) {
    runInNewContext("gc")();
    await sleep(50);
  }
}

test("logs, and closes nothing", async () => {
  if (collects) {
    await collectGarbage();
  }
  if (number % 2 === 0) {
    const producer = require("logrtc").connect(options);
    producer.on("state", () => {});
    for (let entry = 0; entry < 10; entry += 1) {
      producer.info("jest", "by connect", { entry });
    }
  } else {
    const log = require("pino")({}, require("logrtc/pino").stream(options));
    for (let entry = 0; entry < 10; entry += 1) {
      log.info({ entry }, "by pino");
    }
  }
  appendFileSync(String(usage), `${countIn("fd")} ${countIn("task")}\n`);
});
