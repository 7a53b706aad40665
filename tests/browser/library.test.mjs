/** The example page of the consumer in the npm package, `logrtc/viewer`: as it stands, and bundled. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { BREAK_CHANNEL, WATCH_CHANNELS } from "../lib/channels.mjs";
import { eventually } from "../lib/deadline.mjs";
import { expectedEntry } from "../lib/expected.mjs";
import { Producer } from "../lib/producer.mjs";
import { Relay } from "../lib/relay.mjs";
import { Server } from "../lib/server.mjs";
import { StaticHost } from "../lib/static_host.mjs";
import { openPage, testInBrowsers } from "./setup.mjs";

/** @typedef {import("../lib/browser.mjs").LogPage} LogPage */

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const EXAMPLE = join(ROOT, "examples/web/index.html");
const VITE = join(ROOT, "viewer/web/node_modules/vite/bin/vite.js");
const SERVER_IS_LOST = /WebSocket connection to .* failed|establish a connection|was interrupted/;

/** A project that has installed the package. */
const project = mkdtempSync(join(tmpdir(), "logrtc-library-"));
before(() => {
  cpSync(EXAMPLE, join(project, "index.html"));
  const installed = join(project, "node_modules/logrtc");
  mkdirSync(installed, { recursive: true });
  for (const name of ["package.json", "viewer"]) {
    cpSync(join(ROOT, "bindings-node", name), join(installed, name), { recursive: true });
  }
  const build = [VITE, "build", "--base", "./", "--outDir", "bundled", "--logLevel", "warn"];
  execFileSync(process.execPath, build, { cwd: project, stdio: ["ignore", "ignore", "inherit"] });
  // So that nothing of it can be loaded but what was bundled.
  cpSync(join(project, "bundled"), join(project, "bundled_alone"), { recursive: true });
});
after(() => rmSync(project, { recursive: true }));

/** The rows that the example shows of the entries `from` to `to`, without `to`. @param {number} from @param {number} to */
function expectedRows(from, to) {
  const entries = Array.from({ length: to - from }, (_, index) => expectedEntry(from + index));
  return entries
    .filter(({ level }) => level === "WARN" || level === "ERROR")
    .map(({ level, target, message }) => `numbers ${level} ${target}: ${message}`);
}

/** Waits until the page has these rows, and no others. @param {LogPage} page @param {string[]} expected */
async function shows(page, expected) {
  /** @type {string[]} */
  let rows = [];
  const isThere = async () => {
    rows = await page.page.locator("#rows > li").allTextContents();
    return rows.length >= expected.length;
  };
  await eventually(`${expected.length} rows`, isThere).catch((error) => {
    throw new Error(`${error.message}; there are ${rows.length}`);
  });
  assert.deepEqual(rows, expected);
}

for (const { called, folder } of [
  { called: "as it stands", folder: project },
  { called: "bundled by Vite", folder: join(project, "bundled_alone") },
]) {
  testInBrowsers(`the example shows what it wants, live, and says what is missing, ${called}`, async (t, browser) => {
    const host = await StaticHost.start(folder);
    t.after(() => host.stop());
    const server = await Server.start(0, "serve", "127.0.0.1", [host.origin]);
    t.after(() => server.kill());
    const relay = await Relay.start(server.signalingUrl);
    t.after(() => relay.stop());
    const producer = new Producer(server.signalingUrl, { options: { max_entries: 300 } });
    t.after(() => producer.stop());
    await producer.registered();

    await producer.log(0, 100);
    const page = await openPage(t, browser, `${host.url}?signaling=${relay.url}`, WATCH_CHANNELS);
    await producer.consumers(1);
    await producer.log(100, 200);
    await shows(page, expectedRows(0, 200));
    const { consumers } = await producer.stats();
    assert.equal(consumers[0].filtered, 100, "the rest was not sent");

    // While there is no signaling, a channel that breaks does not come anew.
    relay.cut();
    await page.page.evaluate(BREAK_CHANNEL);
    await producer.consumers(0);
    await producer.log(200, 1_000);
    const { retained_entries: retained } = await producer.stats();
    relay.mend();
    const missing = `numbers: ${800 - retained} entries are missing`;
    await shows(page, [...expectedRows(0, 200), missing, ...expectedRows(1_000 - retained, 1_000)]);
    page.assertNoComplaints(SERVER_IS_LOST);
  });
}

testInBrowsers("a page that the server was not told of is not let in", async (t, browser) => {
  const host = await StaticHost.start(project);
  t.after(() => host.stop());
  const server = await Server.start();
  t.after(() => server.kill());
  const page = await openPage(t, browser, `${host.url}?signaling=${server.signalingUrl}`);
  await eventually("the browser says so", () => page.complaints.some((complaint) => SERVER_IS_LOST.test(complaint)));
  page.assertNoComplaints(SERVER_IS_LOST);
});

test("the README of the package shows the example as it is", () => {
  const readme = readFileSync(join(ROOT, "bindings-node/README.md"), "utf8");
  assert.equal(readme.match(/```html\n(.*?)```/s)?.[1], readFileSync(EXAMPLE, "utf8"));
});
