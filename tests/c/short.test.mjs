/** A short program shows in a page that is open, and ends at once if nobody looks. */

import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { after, describe, test } from "node:test";
import { Browser } from "../lib/browser.mjs";
import { Child } from "../lib/child.mjs";
import { cleanup } from "../lib/data_channel_consumer.mjs";
import { eventually, within } from "../lib/deadline.mjs";
import { PromptConsumer } from "../lib/prompt_consumer.mjs";
import { Server } from "../lib/server.mjs";
import { StrictServer } from "../lib/strict_server.mjs";
import { program } from "./programs.mjs";

const RUNS = Number(process.env.LOGRTC_RUNS ?? 10);
const LIVES_MS = [0, 20, 50, 100, 150];
/** What a close takes that waits for nothing, on a busy machine. */
const AT_ONCE_MS = 100;
/** A server that does not count its consumers may take this long to announce one. */
const QUIET_MS = 250;

// Its threads keep a process alive.
after(() => cleanup());

/** Runs a program to its end, and returns what it wrote. @param {string[]} command */
async function run(command) {
  /** @type {string[]} */
  const lines = [];
  // Who receives comes first: what it has acknowledged and not yet read, node-datachannel forgets when the other end is gone.
  const child = new Child("nice", ["-n", "10", ...command], (line) => lines.push(line));
  const closed = once(child.child, "close");
  try {
    assert.equal(await within("the program ends", child.exited), 0, child.complaints.join("\n"));
    await within("it has written all", closed);
  } finally {
    await child.kill();
  }
  return { lines, complaints: child.complaints };
}

/** How long the close of a short program takes, in milliseconds. @param {string} url @param {string} id @param {number} lifeMs */
async function close(url, id, lifeMs) {
  const { lines } = await run([program("short"), url, id, String(lifeMs), "close"]);
  const match = /^ok took (\d+) us$/.exec(lines[1]);
  assert.ok(match, lines.join("\n"));
  return Number(match[1]) / 1000;
}

/** @param {import("node:test").TestContext} t @param {number[]} times */
function report(t, times) {
  const sorted = times.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  t.diagnostic(`${times.length} closes: median ${median.toFixed(1)} ms, longest ${sorted[sorted.length - 1].toFixed(1)} ms`);
  return median;
}

describe("an open page shows a program", () => {
  for (const lifeMs of LIVES_MS) {
    test(`of ${lifeMs} ms behind our server`, async (t) => {
      const server = await Server.start();
      t.after(() => server.kill());
      const consumer = new PromptConsumer(server.signalingUrl);
      t.after(() => consumer.leave());
      await consumer.registered();
      const times = [];
      for (let i = 0; i < RUNS; i += 1) {
        times.push(await close(server.signalingUrl, `short-${i}`, lifeMs));
        await consumer.has(`short-${i}`, 1);
      }
      report(t, times);
    });

    test(`of ${lifeMs} ms behind a server of the base protocol`, async (t) => {
      const server = await StrictServer.start();
      t.after(() => server.stop());
      const consumer = new PromptConsumer(server.url);
      t.after(() => consumer.leave());
      await eventually("the consumer is registered", () => server.consumers === 1);
      const times = [];
      for (let i = 0; i < RUNS; i += 1) {
        times.push(await close(server.url, `short-${i}`, lifeMs));
        await consumer.has(`short-${i}`, 1);
      }
      report(t, times);
    });
  }

  test("in Chromium", async (t) => {
    const server = await Server.start();
    t.after(() => server.kill());
    const browser = await Browser.start();
    t.after(() => browser.close());
    const page = await browser.open(server.url);
    // Once it shows one that stays, the page is registered.
    const first = new Child(program("short"), [server.signalingUrl, "first", "60000", "close"], () => {});
    t.after(() => first.kill());
    await page.entries(1);
    const times = [];
    for (let i = 0; i < RUNS; i += 1) {
      times.push(await close(server.signalingUrl, `short-${i}`, 0));
      await page.entries(i + 2);
    }
    report(t, times);
    page.assertNoComplaints();
  });

  for (const [name, command, rest] of /** @type {[string, string, string[]][]} */ ([
    ["of C that returns from main()", "short", ["0", "return"]],
    ["of C++", "short_cpp", []],
  ])) {
    test(`${name}, and under its own name`, async (t) => {
      const server = await Server.start();
      t.after(() => server.kill());
      const consumer = new PromptConsumer(server.signalingUrl);
      t.after(() => consumer.leave());
      await consumer.registered();
      for (let i = 0; i < RUNS; i += 1) {
        await run([program(command), server.signalingUrl, `short-${i}`, ...rest]);
        await consumer.has(`short-${i}`, 1);
      }
      await run([program(command), server.signalingUrl, "", ...rest]);
      await consumer.has("", 1);
      assert.ok(consumer.producers.has(command), [...consumer.producers].join(", "));
    });
  }
});

describe("a program that nobody looks at", () => {
  /** @param {import("node:test").TestContext} t @param {string} url */
  async function closes(t, url) {
    const times = [];
    for (let i = 0; i < RUNS; i += 1) {
      times.push(await close(url, `short-${i}`, LIVES_MS[i % LIVES_MS.length]));
    }
    return report(t, times);
  }

  test("ends at once behind our server", async (t) => {
    const server = await Server.start();
    t.after(() => server.kill());
    assert.ok((await closes(t, server.signalingUrl)) < AT_ONCE_MS);
  });

  test("ends at once if there is no server", async (t) => {
    assert.ok((await closes(t, "ws://127.0.0.1:9")) < AT_ONCE_MS);
  });

  test("ends at once if the server refuses it", async (t) => {
    const server = net.createServer((socket) => socket.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n"));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    t.after(() => server.close());
    const { port } = /** @type {net.AddressInfo} */ (server.address());
    assert.ok((await closes(t, `ws://127.0.0.1:${port}/signaling`)) < AT_ONCE_MS);
  });

  test("ends soon behind a server of the base protocol", async (t) => {
    const server = await StrictServer.start();
    t.after(() => server.stop());
    assert.ok((await closes(t, server.url)) < QUIET_MS + AT_ONCE_MS);
  });
});
