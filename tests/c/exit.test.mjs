/** The end of a process delivers what it has logged, whatever way it takes. */

import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Child } from "../lib/child.mjs";
import { ConsumerOfAll } from "../lib/consumer_of_all.mjs";
import { ConsumerProcess } from "../lib/consumer_process.mjs";
import { cleanup } from "../lib/data_channel_consumer.mjs";
import { eventually, within } from "../lib/deadline.mjs";
import { PromptConsumer } from "../lib/prompt_consumer.mjs";
import { Server } from "../lib/server.mjs";
import { BUILT, program } from "./programs.mjs";

const RUNS = Number(process.env.LOGRTC_RUNS ?? 10);
/** The `LOGRTC_STATE_…` of a producer that is closed. */
const CLOSED = 4;
/** Far less than the close timeout of the programs, 30 s. */
const AT_ONCE_MS = 10_000;
/** The close timeout of each producer of the mode "many". */
const MANY_TIMEOUT_MS = 1000;

/** @type {Server} */
let server;
/** @type {ConsumerOfAll} */
let consumer;
/** The programs that wait for their first entry. @type {Map<string, () => void>} */
const waiting = new Map();
before(async () => {
  server = await Server.start();
  consumer = new ConsumerOfAll(server.signalingUrl, (producer) => waiting.get(producer.split("#")[0])?.());
});
after(async () => {
  consumer.leave();
  await server.kill();
  // Its threads keep a process alive.
  cleanup();
});

/**
 * Runs a program to its end.
 *
 * @param {string} id under which its first producer registers
 * @param {string[]} command
 */
async function run(id, command) {
  /** @type {string[]} */
  const lines = [];
  // Who receives comes first: what it has acknowledged and not yet read, it forgets when the other end is gone.
  const child = new Child("nice", ["-n", "10", ...command], (line) => lines.push(line));
  waiting.set(id, () => child.say("seen"));
  // When it has ended, what it wrote last may still be on its way.
  const closed = once(child.child, "close");
  try {
    const code = await within(`${command.join(" ")} ends`, child.exited);
    assert.equal(code, 0, child.complaints.join("\n"));
    await within("it has written all", closed);
  } finally {
    await child.kill();
  }
  return lines;
}

/** @param {string[]} lines @param {string} what */
function numbers(lines, what) {
  return lines.filter((line) => line.startsWith(`${what} `)).map((line) => Number(line.split(" ")[1]));
}

/** @param {string} id @param {number} count */
async function assertArrived(id, count) {
  const got = () => consumer.entries.get(id) ?? [];
  await eventually(`${count} entries of ${id} come`, () => got().length >= count).catch((error) => {
    throw new Error(`${error.message}; ${got().length} came`);
  });
  assert.equal(got().length, count);
  const numbered = got().filter(({ message }) => message === "entry");
  assert.deepEqual(
    numbered.map(({ fields }) => fields?.number),
    Array.from(numbered.keys()),
  );
}

describe("a process delivers what it has logged", () => {
  for (const mode of ["return", "exit", "thread", "threads", "callback", "closed"]) {
    test(`mode ${mode}`, async () => {
      for (let i = 0; i < RUNS; i += 1) {
        const id = `${mode}-${i}`;
        const lines = await run(id, [program("exit"), server.signalingUrl, id, mode]);
        assert.deepEqual(numbers(lines, "state"), [CLOSED]);
        assert.ok(lines.includes("late closed"), lines.join("\n"));
        await assertArrived(id, numbers(lines, "entries")[0]);
      }
    });
  }

  test("with static and thread-local objects that log", async () => {
    for (let i = 0; i < RUNS; i += 1) {
      const lines = await run(`statics-${i}`, [program("exit_cpp"), server.signalingUrl, `statics-${i}`]);
      assert.deepEqual(numbers(lines, "entries"), [102]);
      await assertArrived(`statics-${i}`, 102);
    }
  });

  test("after the library is unloaded", async () => {
    const library = join(BUILT, "debug/liblogrtc.so.0");
    for (let i = 0; i < RUNS; i += 1) {
      const lines = await run(`loaded-${i}`, [program("exit_loaded"), library, server.signalingUrl, `loaded-${i}`]);
      await assertArrived(`loaded-${i}`, numbers(lines, "entries")[0]);
    }
  });
});

describe("the child of a fork ends by exit()", () => {
  test("and delivers what it has logged", async () => {
    for (let i = 0; i < RUNS; i += 1) {
      const id = `child-${i}`;
      const lines = await run(id, [program("exit"), server.signalingUrl, id, "child"]);
      assert.deepEqual(numbers(lines, "state"), [CLOSED, CLOSED]);
      const [ofChild, ofParent] = numbers(lines, "entries");
      const [pid] = numbers(lines, "child");
      await assertArrived(id, ofParent);
      await assertArrived(`${id}#${pid}`, ofChild);
    }
  });

  test("and delivers what it logs first while it ends", async (t) => {
    const prompt = new PromptConsumer(server.signalingUrl);
    t.after(() => prompt.leave());
    await prompt.registered();
    for (let i = 0; i < RUNS; i += 1) {
      const id = `late-child-${i}`;
      const lines = await run(id, [program("exit"), server.signalingUrl, id, "late-child"]);
      assert.deepEqual(numbers(lines, "state"), [CLOSED, CLOSED]);
      assert.equal(numbers(lines, "entries")[0], 1);
      await assertArrived(id, numbers(lines, "entries")[1]);
      await prompt.has("exit.child", i + 1);
    }
  });

  test("and leaves what the parent has alone if it has logged nothing", async () => {
    for (let i = 0; i < RUNS; i += 1) {
      const id = `silent-child-${i}`;
      const lines = await run(id, [program("exit"), server.signalingUrl, id, "silent-child"]);
      assert.deepEqual(numbers(lines, "state"), [CLOSED, CLOSED]);
      assert.equal(numbers(lines, "entries")[0], 0);
      await assertArrived(id, numbers(lines, "entries")[1]);
      assert.equal(consumer.entries.get(`${id}#${numbers(lines, "child")[0]}`), undefined);
    }
  });
});

test("a server that never answers holds up nothing, and is reported", async (t) => {
  const silent = net.createServer(() => {});
  silent.listen(0, "127.0.0.1");
  await once(silent, "listening");
  t.after(() => silent.close());
  const { port } = /** @type {net.AddressInfo} */ (silent.address());
  const child = new Child(program("exit"), [`ws://127.0.0.1:${port}`, "unanswered", "unanswered"], () => {});
  t.after(() => child.kill());
  assert.equal(await within("the program ends", child.exited, AT_ONCE_MS), 0, child.complaints.join("\n"));
  assert.equal(child.complaints.length, 3, child.complaints.join("\n"));
});

test("a signal ends a program that waits at its end", async (t) => {
  const silent = net.createServer(() => {});
  silent.listen(0, "127.0.0.1");
  await once(silent, "listening");
  t.after(() => silent.close());
  const { port } = /** @type {net.AddressInfo} */ (silent.address());
  const child = new Child(program("short"), [`ws://127.0.0.1:${port}`, "signalled", "0", "return"], () => {});
  t.after(() => child.kill());
  await within("the program connects", once(silent, "connection"));
  // It has 5 s to wait; the first of these may find it on its way to the end.
  const interrupting = setInterval(() => child.child.kill("SIGINT"), 50);
  t.after(() => clearInterval(interrupting));
  assert.equal(await within("the program ends", child.exited, 2_000), "SIGINT");
});

test("exit() leaves a producer alone if it is told to", async () => {
  const lines = await run("off", [program("exit"), server.signalingUrl, "off", "off"]);
  assert.notEqual(numbers(lines, "state")[0], CLOSED);
  assert.ok(lines.includes("late ok"), lines.join("\n"));
});

test("quick_exit() ends at once", async () => {
  for (let i = 0; i < RUNS; i += 1) {
    const began = performance.now();
    await run(`quick_exit-${i}`, [program("exit"), server.signalingUrl, `quick_exit-${i}`, "quick_exit"]);
    assert.ok(performance.now() - began < AT_ONCE_MS);
  }
});

test("a callback that runs for ever does not hold up the end", async () => {
  const began = performance.now();
  const lines = await run("hanging", [program("exit"), server.signalingUrl, "hanging", "hanging-callback"]);
  assert.deepEqual(numbers(lines, "state"), [CLOSED]);
  assert.ok(performance.now() - began < AT_ONCE_MS);
});

test("all producers close at once, within one timeout", async (t) => {
  const own = await Server.start();
  t.after(() => own.kill());
  /** @type {Set<string>} */
  const lines = new Set();
  const child = new Child(program("exit"), [own.signalingUrl, "many", "many"], (line) => lines.add(line));
  t.after(() => child.kill());
  const stopped = new ConsumerProcess(own.signalingUrl, { ofAll: true, onFirst: () => child.say("seen") });
  t.after(() => stopped.kill());
  await eventually("each producer is seen", () => lines.has("ready"));
  await stopped.pause();
  const began = performance.now();
  child.say("end");
  assert.equal(await within("the program ends", child.exited), 0, child.complaints.join("\n"));
  const took = performance.now() - began;
  assert.ok(took >= MANY_TIMEOUT_MS, `the consumer has stopped, and yet it took only ${took} ms`);
  assert.ok(took < 2 * MANY_TIMEOUT_MS, `took ${took} ms`);
});
