/** One server for the tests of a file; each test has a page that shows its own producers alone. */

import { after, before } from "node:test";
import { PageList } from "../lib/page_list.mjs";
import { Producer } from "../lib/producer.mjs";
import { Server } from "../lib/server.mjs";
import { openPage } from "./setup.mjs";

/**
 * @typedef {import("node:test").TestContext} TestContext
 * @typedef {import("../lib/browser.mjs").Browser} Browser
 */

/** @type {Server | undefined} */
let shared;
let count = 0;
before(async () => {
  shared = await Server.start();
});
after(() => shared?.kill());

export function server() {
  if (shared === undefined) throw new Error("the server has not started");
  return shared;
}

/** The address of the page with these parameters. @param {Record<string, string>} parameters */
export function pageUrl(parameters) {
  const url = new URL(server().url);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

/**
 * Starts a producer with a name of its own, which has registered.
 *
 * @param {TestContext} t
 * @param {{clientId?: string, options?: Record<string, number>}} [start]
 */
export async function newProducer(t, { clientId, options = {} } = {}) {
  count += 1;
  const id = clientId ?? `numbers_${count}`;
  const producer = new Producer(server().signalingUrl, { clientId: id, options });
  t.after(() => producer.stop());
  await producer.registered();
  return { id, producer };
}

/**
 * A producer of its own, and a page that shows it alone.
 *
 * @param {TestContext} t
 * @param {Browser} browser
 * @param {{script?: string, parameters?: Record<string, string>, options?: Record<string, number>,
 *   context?: import("playwright-core").BrowserContextOptions}} [start]
 */
export async function openLog(t, browser, { script, parameters = {}, options = {}, context } = {}) {
  const { id, producer } = await newProducer(t, { options });
  const page = await openPage(t, browser, pageUrl({ producer: id, ...parameters }), script, context);
  await producer.consumers(1);
  return { id, producer, page, list: new PageList(page.page) };
}
