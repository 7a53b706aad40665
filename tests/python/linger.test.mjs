/** Programs that end at once, and what they log: who looks receives it. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Browser } from "../lib/browser.mjs";
import { Child } from "../lib/child.mjs";
import { cleanup } from "../lib/data_channel_consumer.mjs";
import { eventually, within } from "../lib/deadline.mjs";
import { PromptConsumer } from "../lib/prompt_consumer.mjs";
import { Server } from "../lib/server.mjs";
import { StrictServer } from "../lib/strict_server.mjs";
import { PYTHON } from "./environment.mjs";

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
  const running = new Child("nice", ["-n", "10", "env", `LOGRTC_URL=${url}`, PYTHON, "-W", "error", ...args], () => {});
  const closed = once(running.child, "close");
  try {
    assert.equal(await within("it ends", running.exited), 0, running.complaints.join("\n"));
    await within("it has written all", closed);
  } finally {
    await running.kill();
  }
  return running.complaints;
}

/** @param {string} target @param {number} lifeMs */
const line = (target, lifeMs) => {
  const life = lifeMs === 0 ? "" : `; import time; time.sleep(${lifeMs / 1e3})`;
  return ["-c", `import logging, logrtc; logrtc.install(client_id="job"); logging.getLogger("${target}").info("hi")${life}`];
};

/** @typedef {import("../lib/expected.mjs").Entry} Entry */
/**
 * Who looks at the log.
 *
 * @typedef {object} Reader
 * @property {string} url of the signaling server
 * @property {(target: string) => Promise<Entry[]>} of the entries of a target that came
 * @property {() => Promise<string[]>} producers the names of those that it knows
 * @property {() => Promise<void>} leave
 */

/** A page that is open in a browser, at our server. @returns {Promise<Reader>} */
async function readByPage() {
  const server = await Server.start();
  const browser = await Browser.start();
  const page = await browser.open(server.url);
  return {
    url: server.signalingUrl,
    of: async (target) => (await page.entries(0)).filter((entry) => entry.target === target),
    producers: async () => (await page.producers()).map(({ id }) => id),
    leave: async () => {
      page.assertNoComplaints();
      await browser.close();
      await server.kill();
    },
  };
}

/** A consumer of the base protocol, at a server of the base protocol. @returns {Promise<Reader>} */
async function readByBaseProtocol() {
  const server = await StrictServer.start();
  const consumer = new PromptConsumer(server.url);
  return {
    url: server.url,
    of: async (target) => consumer.of(target),
    producers: async () => [],
    leave: async () => {
      consumer.leave();
      await server.stop();
    },
  };
}

for (const [name, start] of /** @type {const} */ ([
  ["a page behind logrtc serve", readByPage],
  ["a consumer and a server of the base protocol", readByBaseProtocol],
])) {
  describe(name, () => {
    /** @type {Reader} */
    let reader;
    before(async () => {
      reader = await start();
      // It is registered when a line comes through.
      await eventually("it receives", async () => {
        await run(reader.url, line("first", 0));
        return (await reader.of("first")).length > 0;
      });
    });
    after(async () => {
      await reader.leave();
    });

    /** @param {string} target @param {number} count */
    async function received(target, count) {
      const has = async () => (await reader.of(target)).length >= count;
      await eventually(`${count} entries of ${target} come`, has, 20_000).catch(async (error) => {
        throw new Error(`${error.message}; ${(await reader.of(target)).length} came`);
      });
      const entries = await reader.of(target);
      assert.equal(entries.length, count);
      return entries.map(({ fields }) => Number(fields?.number));
    }

    for (const lifeMs of [0, 20, 40, 60, 80, 100, 150]) {
      test(`a line of a program that lives for ${lifeMs} ms arrives`, async () => {
        const target = `life${lifeMs}`;
        for (let count = 1; count <= RUNS; count += 1) {
          assert.deepEqual(await run(reader.url, line(target, lifeMs)), []);
          await received(target, count);
        }
      });
    }

    // A server of the base protocol in these tests has one producer at a time.
    if (start === readByPage) {
      for (const [executor, jobs] of /** @type {const} */ ([
        ["Process", 2],
        ["Pool", 10],
        ["ProcessPoolExecutor", 10],
      ])) {
        const methods = ["fork", "spawn", "forkserver", ...(executor === "Process" ? ["billiard"] : [])];
        for (const method of methods) {
          test(`every line of the children of ${executor}, ${method}`, async () => {
            for (let round = 0; round < Math.ceil(RUNS / 10); round += 1) {
              const target = `${executor}-${method}-${round}`;
              const args = ["-W", "ignore::DeprecationWarning", `${PROGRAMS}/pool.py`, target, executor, method];
              assert.deepEqual(await run(reader.url, args), []);
              const numbers = await received(target, jobs + 1);
              assert.deepEqual(
                numbers.toSorted((a, b) => a - b),
                [...Array(jobs + 1).keys()],
              );
            }
          });
        }
      }

      test("a handler that is installed again has one name, and logs each line once", async () => {
        assert.deepEqual(await run(reader.url, [`${PROGRAMS}/reinstalled.py`, "cell"]), []);
        assert.deepEqual(await received("cell", 9), [...Array(9).keys()]);
        const names = (await reader.producers()).filter((producer) => producer.startsWith("cell"));
        assert.deepEqual(names, ["cell"]);
      });
    }
  });
}
