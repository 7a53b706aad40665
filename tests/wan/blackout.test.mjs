import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Child, builtProgram } from "../lib/child.mjs";
import { eventually } from "../lib/deadline.mjs";
import { assertNumbered } from "../lib/expected.mjs";
import { Server } from "../lib/server.mjs";
import { NEAR, join, startProducer, startServer } from "./setup.mjs";

const LINK = { delay_ms: 50, rate_kbit: 10_000 };
/** Longer than both sides wait for a path to come back. */
const BLACKOUT_MS = 25_000;
/** Until both sides have found each other again. */
const RECOVERY_MS = 120_000;

/** Cuts the link for a while, and has entries logged meanwhile. @param {import("../lib/producer.mjs").Producer} producer */
async function blackOut(producer) {
  assert.equal((await producer.command("link down")).outward.is_up, false);
  await producer.log(100, 200);
  await sleep(BLACKOUT_MS);
  await producer.command("link up");
}

test("a consumer is offered another connection after a blackout, and gets the entries", async (t) => {
  const { url } = await startServer(t);
  const producer = await startProducer(t, url, LINK);
  const consumer = await join(t, url);
  await producer.log(0, 100);
  assertNumbered(await consumer.entries(100), 0, 100);
  consumer.messages = [];
  await blackOut(producer);
  await producer.event("the path counts as lost", ({ reason }) => reason === "PathLost");
  await eventually("it gets the entries again", () => consumer.messages.length >= 200, RECOVERY_MS);
  await producer.log(200, 300);
  assertNumbered(await consumer.entries(300), 0, 300);
});

test("`logrtc tail` has each entry once after a blackout", async (t) => {
  // The address is there as soon as the link is.
  const server = await Server.start(0, "serve", "0.0.0.0");
  t.after(() => server.stop());
  const url = new URL(server.url);
  url.hostname = NEAR;
  const producer = await startProducer(t, `ws://${url.host}/signaling`, LINK);
  /** @type {import("../lib/expected.mjs").Entry[]} */
  const entries = [];
  const program = builtProgram({ name: "logrtc", package: "logrtc-viewer", override: "LOGRTC_SERVER" });
  const tail = new Child(program, ["tail", "--json", url.href], (line) => entries.push(JSON.parse(line)));
  t.after(() => tail.kill());
  await producer.consumers(1);
  await producer.log(0, 100);
  await eventually("it has the first ones", () => entries.length >= 100);
  await blackOut(producer);
  await eventually("it has those of the blackout", () => entries.length >= 200, RECOVERY_MS);
  await producer.log(200, 300);
  await eventually("it has the last ones", () => entries.length >= 300);
  assertNumbered(entries, 0, 300);
});
