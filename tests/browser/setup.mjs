/** A server with a producer and both browsers, for the tests of one file. */

import { after, before, test } from "node:test";
import { Browser } from "../lib/browser.mjs";
import { Pages } from "../lib/pages.mjs";
import { Producer } from "../lib/producer.mjs";
import { Server } from "../lib/server.mjs";
import { StrictServer } from "../lib/strict_server.mjs";

/**
 * @typedef {import("node:test").TestContext} TestContext
 * @typedef {import("../lib/browser.mjs").BrowserName} BrowserName
 */

/** @type {{name: BrowserName, called: string}[]} */
const BROWSERS = [
  { name: "chromium", called: "Chromium" },
  { name: "firefox", called: "Firefox" },
];

/** @type {Map<BrowserName, Browser>} */
const browsers = new Map();

before(async () => {
  for (const { name } of BROWSERS) {
    browsers.set(name, await Browser.start(name));
  }
});
after(async () => {
  for (const browser of browsers.values()) {
    await browser.close();
  }
});

/**
 * One test in each browser.
 *
 * @param {string} what
 * @param {(t: TestContext, browser: Browser) => Promise<void>} run
 */
export function testInBrowsers(what, run) {
  for (const { name, called } of BROWSERS) {
    test(`${what} (${called})`, async (t) => {
      const browser = browsers.get(name);
      if (browser === undefined) {
        throw new Error(`${called} has not started`);
      }
      await run(t, browser);
    });
  }
}

/** Signaling servers with the log page; `name` is what the page calls a producer of the tests. */
export const SERVERS = [
  {
    called: "the server of this project",
    /** @param {TestContext} t */
    start: async (t) => {
      const server = await Server.start();
      t.after(() => server.kill());
      return { signalingUrl: server.signalingUrl, pageUrl: server.url, name: "Test" };
    },
  },
  {
    called: "a strict server",
    /** @param {TestContext} t */
    start: async (t) => {
      const pages = await Pages.logPage();
      const server = await StrictServer.start({ http: pages.http });
      t.after(async () => {
        await server.stop();
        await pages.stop();
      });
      // Nothing but offers comes through, and these name nobody.
      return { signalingUrl: server.url, pageUrl: pages.url, name: "producer" };
    },
  },
];

/**
 * @param {TestContext} t
 * @param {{options?: Record<string, number>}} [start]
 */
export async function startProducer(t, { options = {} } = {}) {
  const server = await Server.start();
  t.after(() => server.kill());
  const producer = new Producer(server.signalingUrl, { options });
  t.after(() => producer.stop());
  await producer.registered();
  return { server, producer };
}

/**
 * @param {TestContext} t
 * @param {Browser} browser
 * @param {string} url
 * @param {string} [script] runs in the page before its own scripts
 * @param {import("playwright-core").BrowserContextOptions} [options]
 */
export async function openPage(t, browser, url, script, options) {
  const page = await browser.open(url, script, options);
  t.after(() => page.close());
  return page;
}
