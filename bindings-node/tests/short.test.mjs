/** Programs that end while their producer still connects. */

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { Browser } from "../../tests/lib/browser.mjs";
import { eventually } from "../../tests/lib/deadline.mjs";
import { Server } from "../../tests/lib/server.mjs";
import { StrictServer } from "../../tests/lib/strict_server.mjs";
import { BrowserConsumer } from "./lib/browser_consumer.mjs";
import { Program, repeated } from "./lib/program.mjs";

const LIVES_MS = [0, 20, 50, 100, 150];
const RUNS = 10;

/** @type {Browser} */
let browser;
before(async () => {
  browser = await Browser.start();
});
after(() => browser?.close());

/** Runs a program that logs one line. Returns how long its end took. @param {string} url @param {number} [lifeMs] @param {string} [name] */
async function logOneLine(url, lifeMs = 0, name = "job") {
  const program = new Program("short", [url, String(lifeMs), name]);
  assert.equal(await program.end(), 0, program.complaints);
  return { tookMs: program.endedAtMs - Number(program.lines[0]), complaints: program.complaints };
}

/** @param {number[]} values */
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

test("the line of a program that ends at once is in a page that is open", async (t) => {
  const server = await Server.start();
  t.after(() => server.kill());
  const page = await browser.open(server.url);
  t.after(() => page.close());
  for (const [index, lifeMs] of LIVES_MS.entries()) {
    await repeated(RUNS, async (run) => {
      await logOneLine(server.signalingUrl, lifeMs, `job-${lifeMs}-${run}`);
    });
    assert.equal((await page.entries((index + 1) * RUNS)).length, (index + 1) * RUNS, `${lifeMs} ms`);
  }
});

test("so it is behind a server that does not say how many consumers it has", async (t) => {
  const server = await StrictServer.start();
  t.after(() => server.stop());
  const consumer = await BrowserConsumer.join(browser, server.url);
  t.after(() => consumer.close());
  for (const [index, lifeMs] of LIVES_MS.entries()) {
    for (let run = 0; run < RUNS; run += 1) {
      await logOneLine(server.url, lifeMs);
    }
    await eventually("each line is there", async () => (await consumer.count()) === (index + 1) * RUNS);
  }
});

test("a program that nobody looks at ends at once", async (t) => {
  const ours = await Server.start();
  t.after(() => ours.kill());
  const strict = await StrictServer.start();
  t.after(() => strict.stop());
  const refusing = createServer();
  refusing.on("upgrade", (_request, socket) => {
    socket.on("error", () => {});
    socket.end("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
  });
  await new Promise((resolve) => refusing.listen(0, "127.0.0.1", () => resolve(undefined)));
  t.after(() => refusing.close());
  const { port } = /** @type {import("node:net").AddressInfo} */ (refusing.address());
  /** @type {[string, string, number][]} */
  const cases = [
    ["logrtc serve", ours.signalingUrl, 50],
    ["a server that does not say how many", strict.url, 300],
    ["a server that refuses", `ws://127.0.0.1:${port}/signaling`, 50],
    ["no server", "ws://127.0.0.1:9/", 50],
  ];
  for (const [name, url, limitMs] of cases) {
    const [took, bare] = [[], []].map(() => /** @type {number[]} */ ([]));
    for (let run = 0; run < RUNS; run += 1) {
      const program = new Program("bare");
      await program.end();
      bare.push(program.endedAtMs - Number(program.lines[0]));
      took.push((await logOneLine(url)).tookMs);
    }
    console.log(`# ${name}: ${median(took)} ms, at most ${Math.max(...took)}; without a producer ${median(bare)} ms`);
    // What a machine takes to end any process, and to run three threads for the first time, comes on top.
    assert.ok(median(took) <= limitMs + median(bare) + 50, `${name}: ${took}; without a producer ${bare}`);
  }
});

test("a program without a server says so once, before it ends", async () => {
  const { complaints } = await logOneLine("ws://127.0.0.1:9/");
  assert.match(
    complaints,
    /^\(node:\d+\) \[LOGRTC_SIGNALING\] LogrtcWarning: job: no connection to the signaling server ws:\/\/127\.0\.0\.1:9\/: .*refused/,
  );
  assert.equal(complaints.match(/LogrtcWarning/g)?.length, 1);
});
