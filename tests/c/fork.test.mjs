import assert from "node:assert/strict";
import { once } from "node:events";
import { after, test } from "node:test";
import { cleanup } from "node-datachannel";
import { Child } from "../lib/child.mjs";
import { ConsumerOfAll } from "../lib/consumer_of_all.mjs";
import { eventually, within } from "../lib/deadline.mjs";
import { Server } from "../lib/server.mjs";
import { program } from "./programs.mjs";

const FORKS = 100;
const THREADS = 8;
const DEADLINE_MS = 240_000;

// Its threads keep a process alive.
after(() => cleanup());

test("a child logs as a producer of its own, and the parent loses nothing", async (t) => {
  const server = await Server.start();
  t.after(() => server.kill());
  /** @type {string[]} */
  const lines = [];
  const parent = new Child(program("fork"), [server.signalingUrl, String(FORKS)], (line) => lines.push(line));
  // When it has ended, what it said last may still be on its way.
  const closed = once(parent.child, "close");
  t.after(() => parent.kill());
  const consumer = new ConsumerOfAll(server.signalingUrl, () => parent.say("seen"));
  t.after(() => consumer.leave());
  const code = await within("the parent ends", parent.exited, DEADLINE_MS);
  assert.equal(code, 0, parent.complaints.join("\n"));
  await within("the parent has said all", closed);

  const numbers = (/** @type {string} */ what) =>
    lines.filter((line) => line.startsWith(what)).map((line) => Number(line.split(" ")[1]));
  const counts = numbers("entries");
  const sum = counts.reduce((sum, count) => sum + count, 0);
  // What has arrived is acknowledged before it is handed to this thread.
  await eventually("every entry of the parent comes", () => (consumer.entries.get("fork")?.length ?? 0) >= 1 + sum);
  const children = numbers("child");
  assert.equal(children.length, FORKS);
  for (const pid of children) {
    const entries = consumer.entries.get(`fork#${pid}`) ?? [];
    assert.deepEqual(
      entries.map(({ timestamp, ...rest }) => rest),
      [{ level: "WARN", target: "fork.child", message: "born", fields: { pid } }],
      `the child ${pid}`,
    );
  }
  const [here, ...own] = consumer.entries.get("fork") ?? [];
  assert.equal(here?.message, "here");
  assert.equal(counts.length, THREADS);
  for (const [thread, count] of counts.entries()) {
    const got = own.filter(({ target }) => target === `fork.thread${thread}`).map(({ fields }) => fields?.number);
    assert.deepEqual(got, Array.from({ length: count }, (_, number) => number), `thread ${thread}`);
  }
  assert.equal(own.length, sum);
});
