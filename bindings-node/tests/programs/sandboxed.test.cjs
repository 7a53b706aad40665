/** A test file of Jest, which logs ten entries and leaves its producer open. `NUMBER` is the number of this copy. */

const { appendFileSync, readdirSync } = require("node:fs");
const { setTimeout: sleep } = require("node:timers/promises");
const { setFlagsFromString } = require("node:v8");
const { runInNewContext } = require("node:vm");
const globals = require("@jest/globals");

const number = Number("NUMBER");
const { LOG_URL, USAGE, COLLECTS: collects } = process.env;
const url = String(LOG_URL);
const options = { clientId: `file${number}`, url, iceServers: [], environment: false, closeTimeoutMs: 10_000 };

const countIn = (/** @type {string} */ folder) => readdirSync(`/proc/self/${folder}`).length;

async function collectGarbage() {
  setFlagsFromString("--expose-gc");
  for (let round = 0; round < 10; round += 1) {
    runInNewContext("gc")();
    await sleep(50);
  }
}

globals.test("logs, and closes nothing", async () => {
  if (collects) {
    await collectGarbage();
  }
  if (number % 2 === 0) {
    const copies = number % 4 === 0 ? ["first", "second"] : ["only"];
    for (const copy of copies) {
      // Each loads the package again.
      globals.jest.resetModules();
      const producer = require("logrtc").connect({ ...options, clientId: `${options.clientId}-${copy}` });
      producer.on("state", () => {});
      for (let entry = 0; entry < 10 / copies.length; entry += 1) {
        producer.info(options.clientId, "by connect", { entry });
      }
    }
  } else {
    const log = require("pino")({}, require("logrtc/pino").stream(options));
    for (let entry = 0; entry < 10; entry += 1) {
      log.info({ entry }, "by pino");
    }
  }
  appendFileSync(String(USAGE), `${countIn("fd")} ${countIn("task")}\n`);
});
