/**
 * The end of a process: every way of it, 25 times, or as often as LOGRTC_RUNS says.
 *
 * Each program waits until its consumer has its first entry: one whose connection ends before its program has listened to its
 * channel forgets what its stack has acknowledged.
 */

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { ConsumerOfAll } from "../../tests/lib/consumer_of_all.mjs";
import { ConsumerProcess } from "../../tests/lib/consumer_process.mjs";
import { DataChannelConsumer, cleanup } from "../../tests/lib/data_channel_consumer.mjs";
import { eventually } from "../../tests/lib/deadline.mjs";
import { Server } from "../../tests/lib/server.mjs";
import { StrictServer } from "../../tests/lib/strict_server.mjs";
import { Program, repeated } from "./lib/program.mjs";

const RUNS = Number(process.env.LOGRTC_RUNS ?? 25);
/**
 * Few enough that the consumer's program keeps up with its stack: what the stack has acknowledged and the program has not read
 * is forgotten when the connection ends (libdatachannel).
 */
const ENTRIES = 200;

// Its threads keep a process alive.
after(() => cleanup());

/**
 * Runs `ending.mjs HOW` against a server and a consumer of its own.
 *
 * @param {string} how
 * @param {(program: Program, consumer: DataChannelConsumer) => Promise<void>} check
 */
async function ending(how, check) {
  await repeated(RUNS, async () => {
    const server = await StrictServer.start();
    const program = new Program("ending", [how, server.url, String(ENTRIES)]);
    /** @type {DataChannelConsumer} */
    const consumer = new DataChannelConsumer(server.url, {
      onMessage: (message) => {
        if (consumer.messages.push(message) === 1) {
          program.tell("seen");
        }
      },
    });
    try {
      await check(program, consumer);
    } finally {
      program.child.kill("SIGKILL");
      consumer.leave();
      await server.stop();
    }
  });
}

/** @param {number[]} values @param {number} share in percent */
function percentile(values, share) {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length * share) / 100)];
}

/** @param {number[]} values */
const median = (values) => percentile(values, 50);

/** All of them came, in order, and then `more`. @param {DataChannelConsumer} consumer @param {string[]} more */
async function assertAllCame(consumer, more = []) {
  const [, ...entries] = await consumer.entries(1 + ENTRIES + more.length);
  const numbers = entries.slice(0, ENTRIES).map(({ fields }) => fields.number);
  assert.deepEqual(
    numbers,
    Array.from({ length: ENTRIES }, (_, number) => number),
  );
  assert.deepEqual(
    entries.slice(ENTRIES).map(({ message }) => message),
    more,
  );
}

/** @type {[string, string, number, string[], (program: Program) => void][]} */
const ends = [
  ["at the end of the loop, everything is delivered", "loop", 0, [], () => {}],
  ["process.exit(3) delivers, and exits with 3", "exit", 3, [], () => {}],
  [
    "an uncaught exception delivers, and is told as always",
    "throw",
    1,
    [],
    ({ complaints }) => assert.match(complaints, /Error: nobody catches it/),
  ],
  [
    "a rejection that nobody handles delivers",
    "reject",
    1,
    [],
    ({ complaints }) => assert.match(complaints, /Error: nobody catches it/),
  ],
  ["a pending flush keeps the process alive", "flush", 0, [], ({ lines }) => assert.deepEqual(lines, ["flushed 0"])],
  [
    "a pending close keeps the process alive",
    "close",
    0,
    [],
    ({ lines }) => assert.deepEqual(lines, ["closed closed"]),
  ],
  ["process.exit(3) waits for a close that is under way", "closeThenExit", 3, [], () => {}],
  ["what listeners log at the end is delivered", "listeners", 0, ["beforeExit", "beforeExit", "exit"], () => {}],
  ["what a late listener logs at process.exit is delivered", "exitListener", 3, ["exit"], () => {}],
];

for (const [name, how, code, more, check] of ends) {
  test(name, async () => {
    await ending(how, async (program, consumer) => {
      assert.equal(await program.end(), code, program.complaints);
      await assertAllCame(consumer, more);
      check(program);
    });
  });
}

for (const signal of /** @type {const} */ (["SIGTERM", "SIGINT"])) {
  test(`${signal} has its default action, and what was flushed is delivered`, async () => {
    await ending("signal", async (program, consumer) => {
      await program.said("flushed");
      const since = Date.now();
      program.child.kill(signal);
      assert.equal(await program.end(), signal);
      // Where it waited as a close does, it would be 10 s.
      assert.ok(Date.now() - since < 5_000);
      await assertAllCame(consumer);
    });
  });
}

test("a consumer that is stuck holds process.exit up for closeTimeoutMs and no longer", async () => {
  /** @type {number[]} */
  const took = [];
  await repeated(RUNS, async () => {
    const server = await StrictServer.start();
    const consumer = new ConsumerProcess(server.url);
    const program = new Program("ending", ["stalled", server.url, "5000"]);
    try {
      await eventually("the consumer has the first entry", () => consumer.entries.length > 0);
      await consumer.pause();
      program.tell("seen");
      assert.equal(await program.end(), 3, program.complaints);
      const tookMs = program.endedAtMs - Number(program.lines.at(-1));
      assert.ok(tookMs >= 500 && tookMs < 5_000, `${tookMs} ms`);
      took.push(tookMs);
    } finally {
      program.child.kill("SIGKILL");
      await consumer.kill();
      await server.stop();
    }
  });
  // The timeout, the end of the producer, and what a process takes to go. A busy machine holds up single runs.
  assert.ok(median(took) < 500 + 200 + 500, `${took} ms`);
});

test("a program with a producer and nothing else ends by itself, within 100 ms of its work", async () => {
  /** How long a process takes to go from its last line. @param {string} name @param {string[]} args */
  const lag = async (name, args) => {
    const program = new Program(name, args);
    assert.equal(await program.end(), 0, program.complaints);
    return program.endedAtMs - Number(program.lines[0]);
  };
  const [lags, bare] = [[], []].map(() => /** @type {number[]} */ ([]));
  // One at a time, for a busy machine is slow to end any process; and one that does nothing says how slow.
  for (let run = 0; run < RUNS; run += 1) {
    bare.push(await lag("bare", []));
    lags.push(await lag("ending", ["loop", "NOBODY", "100"]));
  }
  console.log(
    `# ends after ${median(lags)} ms, at most ${Math.max(...lags)}; without a producer ${median(bare)} and ${Math.max(...bare)}`,
  );
  assert.ok(median(lags) <= 100, `median ${median(lags)} ms`);
  assert.ok(percentile(lags, 90) <= 100 + percentile(bare, 90), `${lags}; without a producer ${bare}`);
});

test("two copies of the package in one process end with it", async () => {
  const program = new Program("copies");
  assert.equal(await program.end(20_000), 0, program.complaints);
  assert.deepEqual(program.lines, ["1,1"]);
});

for (const [how, code] of [
  ["loop", 0],
  ["exit", 4],
]) {
  test(`workers that end by themselves (${how}) deliver everything`, async () => {
    await repeated(RUNS, async () => {
      const server = await Server.start();
      const program = new Program("workers", [String(how), server.signalingUrl, "2"]);
      const consumer = new ConsumerOfAll(server.signalingUrl, (producer) => program.tell(producer));
      try {
        assert.equal(await program.end(), 0, program.complaints);
        assert.deepEqual(program.lines, [`2 ${code}`]);
        for (const name of ["worker1", "worker2"]) {
          await eventually(`${name} is there`, () => consumer.entries.get(name)?.length === 101);
        }
      } finally {
        program.child.kill("SIGKILL");
        consumer.leave();
        await server.kill();
      }
    });
  });
}

test("200 workers are terminated at will, and the main thread loses nothing", async () => {
  const server = await Server.start();
  const program = new Program("workers", ["terminated", server.signalingUrl, "200"]);
  const consumer = new ConsumerOfAll(server.signalingUrl, (producer) => program.tell(producer));
  try {
    assert.equal(await program.end(120_000), 0, program.complaints);
    // One that has not begun yet exits with 0.
    assert.match(program.lines.join(), /^200 [01](,[01])?$/);
    await eventually("the main thread delivers", () => consumer.entries.get("main")?.length === 202);
  } finally {
    program.child.kill("SIGKILL");
    consumer.leave();
    await server.kill();
  }
});

test("every process of a cluster delivers", async () => {
  await repeated(RUNS, async () => {
    const server = await Server.start();
    const program = new Program("cluster", [server.signalingUrl]);
    const consumer = new ConsumerOfAll(server.signalingUrl, (producer) => program.tell(producer));
    try {
      assert.equal(await program.end(), 0, program.complaints);
      assert.deepEqual(program.lines, ["ended 0,0"]);
      for (const name of ["primary", "worker1", "worker2"]) {
        await eventually(`${name} is there`, () => consumer.entries.get(name)?.length === 101);
      }
    } finally {
      program.child.kill("SIGKILL");
      consumer.leave();
      await server.kill();
    }
  });
});
