/** A secret of a program and its page: a server that stands between the two gets no entry to either. */

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { eventually } from "../lib/deadline.mjs";
import { Pages } from "../lib/pages.mjs";
import { Producer } from "../lib/producer.mjs";
import { Server } from "../lib/server.mjs";
import { StrictServer } from "../lib/strict_server.mjs";
import { openPage, testInBrowsers } from "./setup.mjs";

/** @typedef {import("node:test").TestContext} TestContext */

const SECRET = randomBytes(16).toString("hex");
const WITH_SECRET = { options: { secret: SECRET } };

/** Opens a link with this secret in a page that is there, which loads anew. @param {import("../lib/browser.mjs").LogPage} page @param {string} secret */
async function follow({ page }, secret) {
  const loaded = page.waitForEvent("load");
  await page.evaluate(`setTimeout(() => { location.hash = "secret=${secret}"; })`);
  await loaded;
}

/** What a page on plain `http:` beyond this machine lacks. */
const INSECURE = "Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined })";
const NO_PATH = /ICE failed/;

testInBrowsers("who has the secret of a program sees its log, and nobody else", async (t, browser) => {
  const server = await Server.start();
  t.after(() => server.kill());
  const producer = new Producer(server.signalingUrl, { clientId: "closed", ...WITH_SECRET });
  t.after(() => producer.stop());
  const open = new Producer(server.signalingUrl, { clientId: "open" });
  t.after(() => open.stop());
  await producer.registered();
  await open.registered();
  await producer.log(0, 10);
  await open.log(10, 15);

  const linked = await openPage(t, browser, `${server.url}#secret=${SECRET}`, INSECURE);
  const trouble = linked.page.locator(".trouble.unproved");
  await linked.entries(10);
  assert.ok(!linked.page.url().includes(SECRET), "the secret is no longer in the address");
  await trouble.getByText("this page has a secret and the program has none").waitFor();
  await producer.log(20, 25);
  await linked.entries(15);
  await linked.page.reload();
  await linked.entries(15);
  assert.equal(await linked.count(), 15);

  // Another browser profile, which has kept nothing.
  const without = await openPage(t, browser, server.url);
  await without.entries(5);
  await without.page.locator(".trouble.unproved").getByText("sends nothing without it").waitFor();
  assert.equal(await without.count(), 5);
  const { proofs_refused: before } = await producer.statsWhen("it is counted", (stats) => stats.proofs_refused > 0);
  await follow(without, "0".repeat(32));
  await without.page.locator(".trouble.unproved").getByText("the program has another secret").waitFor();
  await producer.statsWhen("it is counted", (stats) => stats.proofs_refused > before);
  assert.equal(await without.count(), 0);
  await follow(without, SECRET.slice(1));
  await without.page.getByText("The secret of the link was cut off").waitFor();
  assert.equal(await without.count(), 0);
  await follow(without, SECRET);
  await without.entries(15);
  linked.assertNoComplaints(NO_PATH);
  without.assertNoComplaints(NO_PATH);
});

const NOBODYS = `a=fingerprint:sha-256 ${Array(32).fill("EE").join(":")}\r\n`;

/** An SDP without its fingerprint, and that line. @param {string} sdp */
function parted(sdp) {
  const own = /^a=fingerprint:.*\r\n/m.exec(sdp)?.[0] ?? "";
  assert.notEqual(own, "");
  return { own, rest: sdp.replace(own, "") };
}

/** @type {{called: string, change: (sdp: string) => string}[]} */
const CHANGES = [
  { called: "another certificate", change: (sdp) => sdp.replace(parted(sdp).own, NOBODYS) },
  {
    called: "another certificate for the media, behind the right one for the session",
    change: (sdp) => parted(sdp).rest.replace("m=", `${parted(sdp).own}m=`) + NOBODYS,
  },
];

/**
 * A server that changes messages of this kind, a program that logs through it, and the address of its page.
 *
 * @param {TestContext} t
 * @param {string} kind
 * @param {(sdp: string) => string} change
 * @param {{options?: Record<string, string>}} [program]
 */
async function lyingServer(t, kind, change, program = WITH_SECRET) {
  const pages = await Pages.logPage();
  const watch = (/** @type {string} */ what, /** @type {Record<string, any>} */ message) => {
    if (what === kind) message.sdp = change(message.sdp);
  };
  const server = await StrictServer.start({ http: pages.http, watch });
  t.after(async () => {
    await server.stop();
    await pages.stop();
  });
  const producer = new Producer(server.url, program);
  t.after(() => producer.stop());
  await producer.log(0, 10);
  return { url: `${pages.url}#secret=${SECRET}`, producer };
}

testInBrowsers("a server that changes certificates is noticed, and not one entry leaves", async (t, browser) => {
  for (const { called, change } of CHANGES) {
    const { url, producer } = await lyingServer(t, "offer", change);
    const page = await openPage(t, browser, url);
    await page.page.locator(".trouble.unproved").getByText("the certificate is not the program's").waitFor();
    const { consumers_opened, proofs_refused } = await producer.stats();
    assert.deepEqual([await page.count(), consumers_opened, proofs_refused], [0, 0, 0], called);
  }
  const { url, producer } = await lyingServer(t, "answer", (sdp) => sdp.replace(parted(sdp).own, NOBODYS));
  const page = await openPage(t, browser, url);
  const { consumers_opened } = await producer.statsWhen("it is counted", (stats) => stats.proofs_refused > 0);
  assert.deepEqual([await page.count(), consumers_opened], [0, 0]);
});

testInBrowsers("a page reads nothing of a program that the server has put in place of another", async (t, browser) => {
  // By its own certificate, and by a nonce that is as good as any.
  const nonce = `a=x-logrtc-nonce:${randomBytes(16).toString("base64url")}\r\n`;
  const { url, producer } = await lyingServer(t, "offer", (sdp) => sdp.replace("m=", `${nonce}m=`), {});
  const page = await openPage(t, browser, url);
  await page.page.locator(".trouble.unproved").getByText("the certificate is not the program's").waitFor();
  await producer.statsWhen("DTLS finds nothing wrong", (stats) => stats.consumers_opened > 0);
  await eventually("the page has left", async () => (await producer.stats()).consumers.length === 0);
  assert.equal(await page.count(), 0);
});

testInBrowsers("the demo has the secret of its environment, and so has its link", async (t, browser) => {
  process.env.LOGRTC_SECRET = SECRET;
  t.after(() => delete process.env.LOGRTC_SECRET);
  const server = await Server.start(0, "demo");
  t.after(() => server.kill());
  assert.ok(server.url.includes(`#secret=${SECRET}`), "it is in the link");
  const page = await openPage(t, browser, server.url);
  await eventually("its log is shown", async () => (await page.count()) > 0);
  const without = await openPage(t, browser, server.url.split("#")[0] ?? "");
  await without.page.locator(".trouble.unproved").getByText("sends nothing without it").waitFor();
  assert.equal(await without.count(), 0);
});
