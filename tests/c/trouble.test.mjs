/** A server that cannot be reached is reported once, and so is its return. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { Child } from "../lib/child.mjs";
import { cleanup } from "../lib/data_channel_consumer.mjs";
import { eventually, within } from "../lib/deadline.mjs";
import { PromptConsumer } from "../lib/prompt_consumer.mjs";
import { Server } from "../lib/server.mjs";
import { program } from "./programs.mjs";

/** The `LOGRTC_WARN` of a callback. */
const WARN = "2 ";
const DEBUG = "0 ";
/** How many failed attempts an outage has here. */
const ATTEMPTS = 5;

// Its threads keep a process alive.
after(() => cleanup());

/**
 * An outage from the beginning, its end, a consumer, and the close.
 *
 * @param {import("node:test").TestContext} t
 * @param {"callback" | "stderr"} where
 * @param {string[]} [variables]
 */
async function outage(t, where, variables = []) {
  const absent = await Server.start();
  await absent.kill();
  /** @type {string[]} */
  const lines = [];
  const command = [...variables, program("trouble"), absent.signalingUrl, where];
  const child = new Child("env", command, (line) => lines.push(line));
  t.after(() => child.kill());
  const closed = once(child.child, "close");
  /** @type {string[]} */
  const complaints = [];
  createInterface({ input: child.child.stderr }).on("line", (line) => complaints.push(line));
  const warnings = () => (where === "callback" ? lines.filter((line) => line.startsWith(WARN)) : complaints);

  await eventually("the outage is reported", () => warnings().length > 0);
  if (where === "callback") {
    const failures = () => lines.filter((line) => line.startsWith(`${DEBUG}signaling server: `));
    await eventually("the attempts go on", () => failures().length >= ATTEMPTS);
  }
  child.say("error");
  await eventually("the error is told", () => lines.find((line) => /^error Connection refused/.test(line)));
  const server = await absent.startAgain();
  t.after(() => server.kill());
  await eventually("the end of the outage is reported", () => warnings().length > 1);
  child.say("error");
  await eventually("there is no error any more", () => lines.includes("error "));

  child.say("wait");
  const consumer = new PromptConsumer(server.signalingUrl);
  t.after(() => consumer.leave());
  await eventually("the wait for a consumer ends", () => lines.includes("wait ok"));
  child.say("close");
  assert.equal(await within("the program ends", child.exited), 0, complaints.join("\n"));
  await within("it has written all", closed);
  return { url: absent.signalingUrl, lines, complaints, warnings: warnings() };
}

/** @param {{url: string, warnings: string[]}} outage */
function assertTwoWarnings({ url, warnings }) {
  assert.equal(warnings.length, 2, warnings.join("\n"));
  assert.ok(warnings[0].includes(`${url}: Connection refused`), warnings[0]);
  assert.ok(warnings[1].includes(url), warnings[1]);
}

test("on standard error by default", async (t) => {
  const reported = await outage(t, "stderr");
  assertTwoWarnings(reported);
  assert.ok(reported.warnings.every((line) => line.startsWith("logrtc: WARN: trouble: ")), reported.warnings.join("\n"));
});

test("by the callback, and then not on standard error", async (t) => {
  const reported = await outage(t, "callback");
  assertTwoWarnings(reported);
  assert.deepEqual(reported.complaints, []);
  const consumers = reported.lines.filter((line) => line.startsWith(`${DEBUG}consumer `));
  assert.equal(consumers.length, 2, reported.lines.join("\n"));
});

test("by the callback and on standard error if LOGRTC_DIAGNOSTICS is set", async (t) => {
  const reported = await outage(t, "callback", ["LOGRTC_DIAGNOSTICS=1"]);
  assertTwoWarnings(reported);
  assert.equal(reported.complaints.filter((line) => line.startsWith("logrtc: WARN: ")).length, 2);
  assert.ok(reported.complaints.some((line) => line.startsWith("logrtc: DEBUG: ")), reported.complaints.join("\n"));
});
