/** Jest runs each test file in a sandbox of its own, and many of them in one process. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Browser, LogPage } from "../../tests/lib/browser.mjs";
import { eventually } from "../../tests/lib/deadline.mjs";
import { Server } from "../../tests/lib/server.mjs";

const PACKAGE = fileURLToPath(new URL("..", import.meta.url));
const FILE = readFileSync(new URL("programs/sandboxed.test.cjs", import.meta.url), "utf8");

/** @type {Browser} */
let browser;
before(async () => {
  browser = await Browser.start();
});
after(() => browser?.close());

/**
 * Runs copies of `sandboxed.test.cjs` one after the other in one process of Jest, and returns the descriptors and threads of that
 * process as each of them ends.
 *
 * @param {import('node:test').TestContext} t
 * @param {number} files
 * @param {Record<string, string>} environment
 */
async function runJest(t, files, environment) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "logrtc-jest-")));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(PACKAGE, join(folder, "node_modules/logrtc"));
  symlinkSync(join(PACKAGE, "node_modules/pino"), join(folder, "node_modules/pino"));
  for (let number = 0; number < files; number += 1) {
    writeFileSync(join(folder, `file${number}.test.js`), FILE.replaceAll("NUMBER", String(number)));
  }
  const usage = join(folder, "usage");
  const config = JSON.stringify({ rootDir: folder, testEnvironment: "node", transform: {} });
  const jest = [process.execPath, join(PACKAGE, "node_modules/jest/bin/jest.js"), "--runInBand", "--config", config];
  const env = { ...process.env, ...environment, USAGE: usage };
  await promisify(execFile)("sh", ["-c", 'ulimit -n 256 && exec "$@"', "sh", ...jest], { env });
  return readFileSync(usage, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(" ").map(Number));
}

/** Waits until the page has ten entries of each of so many files. @param {LogPage} page @param {number} files */
async function assertAllCame(page, files) {
  /** @type {Record<string, number>} */
  let counts = {};
  const isComplete = async () => {
    counts = {};
    for (const entry of await page.entries(0)) {
      const target = String(entry.target);
      counts[target] = (counts[target] ?? 0) + 1;
    }
    return Object.keys(counts).length === files && Object.values(counts).every((count) => count === 10);
  };
  await eventually("each entry is in the page", isComplete).catch((error) => {
    throw new Error(`${error.message}: ${JSON.stringify(counts)}`);
  });
}

/** A server, and its log page in a browser. @param {import('node:test').TestContext} t */
async function openPage(t) {
  const server = await Server.start();
  t.after(() => server.kill());
  const page = await browser.open(server.url);
  t.after(() => page.close());
  return { server, page };
}

test("40 test files that leave their producers open end with them, and every entry arrives", async (t) => {
  const { server, page } = await openPage(t);
  const usage = await runJest(t, 40, { LOG_URL: server.signalingUrl });
  const [descriptors, threads] = [0, 1].map((index) => Math.max(...usage.map((counts) => counts[index])));
  console.log(`# at most ${descriptors} descriptors and ${threads} threads`);
  assert.equal(usage.length, 40);
  await assertAllCame(page, 40);
});

test("nothing keeps a producer of a sandbox that is gone", async (t) => {
  const { server, page } = await openPage(t);
  const usage = await runJest(t, 6, { LOG_URL: server.signalingUrl, COLLECTS: "yes" });
  // Each begins with the garbage of all before it collected, but for the previous one, which Jest may still hold. The two have
  // three producers more than the first alone.
  const [first, ...later] = usage;
  for (const [index, most] of [3 * 9, 3 * 3].entries()) {
    assert.ok(
      later.every((counts) => counts[index] <= first[index] + most),
      `${usage.map((counts) => counts[index])}`,
    );
  }
  await assertAllCame(page, 6);
});
