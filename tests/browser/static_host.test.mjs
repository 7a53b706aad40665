/** The log page away from its server: on any static host, below any path, and behind a reverse proxy. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { assertNumbered } from "../lib/expected.mjs";
import { PAGE_FOLDER } from "../lib/page_folder.mjs";
import { Producer } from "../lib/producer.mjs";
import { ReverseProxy } from "../lib/reverse_proxy.mjs";
import { Server } from "../lib/server.mjs";
import { StaticHost } from "../lib/static_host.mjs";
import { openPage, testInBrowsers } from "./setup.mjs";

/** @typedef {import("node:test").TestContext} TestContext */

const LOG_PAGE = PAGE_FOLDER ?? fileURLToPath(new URL("../../viewer/web/dist/", import.meta.url));
const IS_REFUSED = /WebSocket connection to .* failed|establish a connection|was interrupted/;

/** A server that lets these origins in, and a producer with a hundred entries. @param {TestContext} t @param {string[]} origins */
async function startServer(t, origins) {
  const server = await Server.start(0, "serve", "127.0.0.1", origins);
  t.after(() => server.kill());
  const producer = new Producer(server.signalingUrl);
  t.after(() => producer.stop());
  await producer.registered();
  await producer.log(0, 100);
  const { signalingUrl } = server;
  // Of the page that it embeds, which has nothing to do with another build of it.
  return { signalingUrl, url: new URL("/", signalingUrl.replace("ws:", "http:")).href };
}

/** @param {TestContext} t @param {Parameters<typeof StaticHost.start>[1]} options */
async function startHost(t, options) {
  const host = await StaticHost.start(LOG_PAGE, options);
  t.after(() => host.stop());
  return host;
}

/** @param {TestContext} t @param {Parameters<typeof ReverseProxy.start>[0]} [options] */
async function startProxy(t, options) {
  const proxy = await ReverseProxy.start(options);
  t.after(() => proxy.stop());
  return proxy;
}

/** @param {TestContext} t @param {import("../lib/browser.mjs").Browser} browser @param {string} url */
async function assertShows(t, browser, url) {
  const page = await openPage(t, browser, url);
  assertNumbered(await page.entries(100), 0, 100);
  page.assertNoComplaints();
}

testInBrowsers("a static host serves the page below any path", async (t, browser) => {
  const host = await startHost(t, { below: "/logs/" });
  const server = await startServer(t, [host.origin]);
  const signaling = `?signaling=${server.signalingUrl}`;
  for (const path of ["/logs/", "/logs/index.html", "/logs"]) {
    await assertShows(t, browser, host.origin + path + signaling);
  }
});

testInBrowsers("a page whose files are not beside it says how its address must end", async (t, browser) => {
  const host = await startHost(t, { below: "/logs/", redirects: false });
  const page = await openPage(t, browser, host.url.slice(0, -1));
  await page.page.getByText("it must end with “/”").waitFor();
  await page.page.goto(host.url);
  await page.page.getByRole("grid").waitFor();
  assert.equal(await page.page.getByText("it must end with “/”").count(), 0);
});

testInBrowsers("a static host may send the policy that the server sends, with the server in it", async (t, browser) => {
  const own = await startServer(t, []);
  const policy = (await fetch(own.url)).headers.get("content-security-policy") ?? "";
  assert.match(policy, /default-src 'none'.*connect-src/);
  const host = await startHost(t, {
    headers: { "content-security-policy": policy.replace(/connect-src [^;]*/, "connect-src 'self' ws://127.0.0.1:*") },
  });
  const server = await startServer(t, [host.origin]);
  await assertShows(t, browser, `${host.url}?signaling=${server.signalingUrl}`);
});

testInBrowsers("a static host that the server was not told of is refused, and the page says what lets it in", async (t, browser) => {
  const host = await startHost(t, {});
  const server = await startServer(t, []);
  const page = await openPage(t, browser, `${host.url}?signaling=${server.signalingUrl}`);
  await page.page.getByText(`--allow-origin ${host.origin}`).waitFor();
  page.assertNoComplaints(IS_REFUSED);
});

testInBrowsers("a proxy that sends the address of the server as Host needs its own origin permitted", async (t, browser) => {
  const proxy = await startProxy(t);
  const server = await startServer(t, [proxy.origin]);
  proxy.passTo(server.url);
  await assertShows(t, browser, proxy.url);
});

testInBrowsers("a proxy that sends another name as Host needs that permitted, too, below a path as well", async (t, browser) => {
  const proxy = await startProxy(t, { below: "/logs/" });
  const server = await startServer(t, [proxy.origin, "http://logrtc.internal:8080"]);
  proxy.passTo(server.url, "logrtc.internal:8080");
  await assertShows(t, browser, proxy.url);
  await assertShows(t, browser, `${proxy.url}?query=`);
});

testInBrowsers("a proxy that the server was not told of gets no page under a foreign name, and no signaling", async (t, browser) => {
  const [foreign, unknown] = [await startProxy(t), await startProxy(t)];
  const server = await startServer(t, []);
  foreign.passTo(server.url, "logrtc.internal:8080");
  const answer = await fetch(foreign.url);
  assert.equal(answer.status, 403);
  assert.match(await answer.text(), /--allow-origin/);

  unknown.passTo(server.url);
  const page = await openPage(t, browser, unknown.url);
  await page.page.getByText(`--allow-origin ${unknown.origin}`).waitFor();
  page.assertNoComplaints(IS_REFUSED);
});
