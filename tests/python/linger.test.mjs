/** Programs that end at once, and what they log: a consumer that is there receives it. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Child } from "../lib/child.mjs";
import { cleanup } from "../lib/data_channel_consumer.mjs";
import { eventually, within } from "../lib/deadline.mjs";
import { Server } from "../lib/server.mjs";
import { StrictServer } from "../lib/strict_server.mjs";
import { PYTHON } from "./environment.mjs";
import { PromptConsumer } from "./prompt_consumer.mjs";

const RUNS = Number(process.env.LOGRTC_RUNS ?? 20);
const PROGRAMS = fileURLToPath(new URL("programs", import.meta.url));

// Its threads keep a process alive.
after(cleanup);

/**
 * Runs a program to its end, which must be a good one.
 *
 * @param {string} url
 * @param {string[]} args
 */
async function run(url, args) {
  const running = new Child("env", [`LOGRTC_URL=${url}`, PYTHON, "-W", "error", ...args], () => {});
  const closed = once(running.child, "close");
  try {
    assert.equal(await within("it ends", running.exited), 0, running.complaints.join("\n"));
    await within("it has written all", closed);
  } finally {
    await running.kill();
  }
  return running.complaints;
}

/** @param {string} name @param {number} lifeMs */
const line = (name, lifeMs) => {
  const life = lifeMs === 0 ? "" : `; import time; time.sleep(${lifeMs / 1e3})`;
  return ["-c", `import logging, logrtc; logrtc.install(client_id="job"); logging.getLogger("${name}").info("hi")${life}`];
};

for (const kind of /** @type {const} */ (["logrtc serve", "a server of part 1"])) {
  describe(`behind ${kind}`, () => {
    /** @type {() => Promise<void>} */
    let stop;
    /** @type {string} */
    let url;
    /** @type {PromptConsumer} */
    let consumer;
    before(async () => {
      if (kind === "logrtc serve") {
        const server = await Server.start();
        [url, stop] = [server.signalingUrl, () => server.kill()];
      } else {
        const server = await StrictServer.start();
        [url, stop] = [server.url, () => server.stop()];
      }
      consumer = new PromptConsumer(url);
      // It is registered when a producer's line comes through.
      await eventually("the consumer is registered", async () => {
        await run(url, line("first", 0));
        return consumer.of("first").length > 0;
      });
    });
    after(async () => {
      consumer.leave();
      await stop();
    });

    for (const lifeMs of [0, 20, 40, 60, 80, 100, 150]) {
      test(`a line of a program that lives for ${lifeMs} ms arrives`, async () => {
        const name = `life${lifeMs}`;
        for (let count = 1; count <= RUNS; count += 1) {
          assert.deepEqual(await run(url, line(name, lifeMs)), []);
          await consumer.has(name, count);
        }
        assert.equal(consumer.of(name).length, RUNS);
      });
    }

    // A server of part 1 in these tests has one producer at a time.
    if (kind === "logrtc serve") {
      for (const [executor, jobs] of /** @type {const} */ ([
        ["Process", 2],
        ["Pool", 10],
        ["ProcessPoolExecutor", 10],
      ])) {
        const methods = ["fork", "spawn", "forkserver", ...(executor === "Process" ? ["billiard"] : [])];
        for (const method of methods) {
          test(`every line of the children of ${executor}, ${method}`, async () => {
            for (let round = 0; round < Math.ceil(RUNS / 10); round += 1) {
              const name = `${executor}-${method}-${round}`;
              const args = ["-W", "ignore::DeprecationWarning", `${PROGRAMS}/pool.py`, name, executor, method];
              assert.deepEqual(await run(url, args), []);
              await consumer.has(name, jobs + 1);
              const numbers = consumer.of(name).map(({ fields }) => Number(fields?.number));
              assert.deepEqual(
                numbers.toSorted((a, b) => a - b),
                [...Array(jobs + 1).keys()],
              );
            }
          });
        }
      }

      test("a handler that is installed again has one name, and logs each line once", async () => {
        assert.deepEqual(await run(url, [`${PROGRAMS}/reinstalled.py`, "cell"]), []);
        await consumer.has("cell", 9);
        const numbers = consumer.of("cell").map(({ fields }) => fields?.number);
        assert.deepEqual(numbers, [...Array(9).keys()]);
        assert.deepEqual(
          [...consumer.producers].filter((producer) => producer.startsWith("cell")),
          ["cell"],
        );
      });
    }
  });
}
