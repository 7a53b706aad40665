/** A server with a producer and a browser, for the tests of one file. */

import { after, before } from "node:test";
import { Browser } from "../lib/browser.mjs";
import { Producer } from "../lib/producer.mjs";
import { Server } from "../lib/server.mjs";

/** @type {Browser} */
let browser;

before(async () => {
  browser = await Browser.start();
});
after(async () => await browser.close());

/**
 * @param {import("node:test").TestContext} t
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
 * @param {import("node:test").TestContext} t
 * @param {string} url
 */
export async function openPage(t, url) {
  const page = await browser.open(url);
  t.after(() => page.close());
  return page;
}
