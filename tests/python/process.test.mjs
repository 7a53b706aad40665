/** The life of a process: its end, in every way, and its children. None hangs, none crashes, and nothing is lost. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Child } from "../lib/child.mjs";
import { ConsumerOfAll } from "../lib/consumer_of_all.mjs";
import { ConsumerProcess } from "../lib/consumer_process.mjs";
import { cleanup } from "../lib/data_channel_consumer.mjs";
import { eventually, within } from "../lib/deadline.mjs";
import { Server } from "../lib/server.mjs";
import { PYTHON } from "./environment.mjs";

const RUNS = Number(process.env.LOGRTC_RUNS ?? 25);
/** More than there are processors, for that is when threads meet in odd places. */
const AT_ONCE = 3;
const DEADLINE_MS = 45_000;
/** Far less than a `close_timeout` of a minute, and than the half minute after which a consumer that has stopped is lost. */
const LEAVING_MS = 20_000;
const PROGRAMS = fileURLToPath(new URL("programs", import.meta.url));

/** Has a file of the name of each producer from which an entry has come: so a program knows that it is listened to. */
const seen = mkdtempSync(join(tmpdir(), "logrtc-seen-"));
/** @type {Server} */
let server;
/** @type {ConsumerOfAll} */
let consumer;
before(async () => {
  server = await Server.start();
  consumer = new ConsumerOfAll(server.signalingUrl, (producer) => writeFileSync(join(seen, producer), ""));
});
after(async () => {
  consumer.leave();
  await server.kill();
  rmSync(seen, { recursive: true });
  // Its threads keep a process alive.
  cleanup();
});

/**
 * @param {string[]} command
 * @param {string[]} variables
 */
function start(command, variables = []) {
  /** @type {string[]} */
  const lines = [];
  const environment = [`LOGRTC_URL=${server.signalingUrl}`, `PYTHONPATH=${PROGRAMS}`, "PYTHONDONTWRITEBYTECODE=1", `SEEN=${seen}`];
  // Who receives comes first: what it has acknowledged and not yet read, it forgets when the other end is gone.
  const polite = ["-n", "10", "env", ...environment, ...variables, ...command];
  const running = new Child("nice", polite, (line) => lines.push(line));
  // When it has ended, what it said last may still be on its way.
  const closed = once(running.child, "close");
  return { running, lines, closed };
}

/** @param {string} name */
const program = (name) => [PYTHON, "-W", "error", `${PROGRAMS}/${name}.py`];

/** What a program says that it has logged has arrived, once and in order. @param {string[]} lines @param {number} least */
async function assertArrived(lines, least = 1) {
  const logged = lines.filter((line) => line.startsWith("logged ")).map((line) => line.split(" "));
  assert.ok(logged.length >= least, `it said ${JSON.stringify(lines)}`);
  for (const [, id, target, count] of logged) {
    const got = () => (consumer.entries.get(id) ?? []).filter((entry) => entry.target === target);
    await eventually(`${count} entries of ${id} come`, () => got().length >= Number(count), 20_000).catch((error) => {
      throw new Error(`${error.message}; ${got().length} came`);
    });
    const numbers = got().map(({ fields }) => fields?.number);
    assert.deepEqual(numbers, [...numbers.keys()], `${target} of ${id}`);
  }
}

/** Does it again and again, some at once. @param {(run: number) => Promise<void>} each */
async function repeatedly(each) {
  let next = 0;
  const worker = async () => {
    for (let run = next++; run < RUNS; run = next++) {
      await each(run);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/**
 * @param {string} name
 * @param {{command: string[], status?: number | string, sayings?: number, meanwhile?: (child: ReturnType<typeof start>) => Promise<void>}} program
 */
function scenario(name, { command, status = 0, sayings = 1, meanwhile = async () => {} }) {
  test(name, async () => {
    await repeatedly(async (run) => {
      const [interpreter, ...rest] = command;
      const script = rest.findIndex((argument) => argument.endsWith(".py"));
      const id = `${name.replaceAll(/\W+/g, "_")}-${run}`;
      const child = start([interpreter, ...rest.slice(0, script + 1), id, ...rest.slice(script + 1)]);
      try {
        await meanwhile(child);
        const ended = await within(`run ${run} ends`, child.running.exited, DEADLINE_MS);
        assert.equal(ended, status, child.running.complaints.join("\n"));
        await within(`run ${run} has said all`, child.closed);
      } finally {
        await child.running.kill();
      }
      await assertArrived(child.lines, sayings);
    });
  });
}

describe("a process ends", () => {
  scenario("by the end of the program", { command: program("end") });
  scenario("with a handler of logging", { command: program("handler") });
  scenario("while a handler of logging holds records", { command: program("memory_handler") });
  scenario("by an exception", { command: program("uncaught"), status: 1 });
  scenario("while what it let go of is being closed", { command: program("dropped") });
  scenario("while daemon threads log", { command: program("daemon_threads") });
  scenario("while a callback runs for ever", { command: program("long_callback") });
  scenario("by Ctrl-C", {
    command: program("interrupted"),
    status: "SIGINT",
    meanwhile: async ({ running, lines }) => {
      await eventually("it is ready", () => lines.includes("ready"), DEADLINE_MS);
      running.child.kill("SIGINT");
    },
  });
});

describe("a process has children", () => {
  for (const method of ["fork", "spawn", "forkserver"]) {
    // That other threads are there is what the test is about, and what Python warns of.
    const [python, ...rest] = program("children");
    const command = [python, "-W", "ignore::DeprecationWarning", ...rest.slice(2), method];
    scenario(`by multiprocessing, ${method}`, { command, sayings: 3 });
  }
  const [python, ...rest] = program("forks");
  scenario("by os.fork, while threads log", {
    command: [python, "-W", "ignore::DeprecationWarning", ...rest.slice(2)],
    sayings: 5,
  });

  test("by gunicorn, preloaded", async () => {
    await repeatedly(async (run) => {
      const id = `gunicorn-${run}`;
      const options = ["--preload", "--workers", "2", "--bind", "127.0.0.1:0", "--no-control-socket"];
      const { running, lines } = start(
        [PYTHON, "-m", "gunicorn", ...options, "preloaded:application"],
        [`LOGRTC_CLIENT_ID=${id}`],
      );
      try {
        // It says where on standard error.
        const heard = () => running.complaints.map((line) => /Listening at: (http:\S+)/.exec(line)?.[1]).find(Boolean);
        const url = await eventually("gunicorn listens", heard, DEADLINE_MS);
        const request = async () => {
          const answer = await fetch(url, { headers: { connection: "close" } });
          return (await answer.text()).trim();
        };
        const ask = () => eventually("gunicorn answers", () => request().catch(() => null), DEADLINE_MS);
        await ask();
        /** @type {Map<string, string>} */
        const last = new Map();
        for (const line of await Promise.all(Array.from({ length: 4 }, ask))) {
          const [, worker, , count] = line.split(" ");
          if (Number(last.get(worker)?.split(" ")[3] ?? 0) < Number(count)) {
            last.set(worker, line);
          }
        }
        running.child.kill("SIGTERM");
        const ended = await within(`run ${run} ends`, running.exited, DEADLINE_MS);
        assert.equal(ended, 0, running.complaints.join("\n"));
        await assertArrived([...lines, ...last.values(), `logged ${id} main 100`], 2);
      } finally {
        await running.kill();
      }
    });
  });
});

describe("a process leaves at once", () => {
  test("where there is no server", async () => {
    await repeatedly(async () => {
      const { running, lines } = start([...program("nobody"), "nobody"]);
      await eventually("it leaves", () => lines.includes("leaving"), DEADLINE_MS);
      assert.equal(await within("it is gone", running.exited, LEAVING_MS), 0, running.complaints.join("\n"));
    });
  });

  for (const { name, script, limitMs } of [
    // It flushes for one second, and the end has 200 ms; the rest is what a busy machine needs.
    { name: "within its limit, where the consumer has stopped", script: "stalled", limitMs: 5_000 },
    { name: "without what it has unregistered", script: "unregistered", limitMs: LEAVING_MS },
  ]) {
    test(name, async (t) => {
      const other = await Server.start();
      t.after(() => other.kill());
      const stopped = new ConsumerProcess(other.signalingUrl);
      t.after(() => stopped.kill());
      const { running, lines } = start([...program(script), script], [`LOGRTC_URL=${other.signalingUrl}`]);
      await eventually("it is ready", () => lines.includes("ready"), DEADLINE_MS);
      await stopped.pause();
      running.say("go on");
      await eventually("it leaves", () => lines.includes("leaving"), DEADLINE_MS);
      assert.equal(await within("it is gone", running.exited, limitMs), 0, running.complaints.join("\n"));
    });
  }
});
