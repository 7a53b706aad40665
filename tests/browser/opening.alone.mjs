/** A channel opens, each time and soon, in browsers as they come: behind either server, on a quiet and on a busy machine. */

import assert from "node:assert/strict";
import { Child } from "../lib/child.mjs";
import { within } from "../lib/deadline.mjs";
import { Pages } from "../lib/pages.mjs";
import { Producer } from "../lib/producer.mjs";
import { Server } from "../lib/server.mjs";
import { StrictServer } from "../lib/strict_server.mjs";
import { testInBrowsers } from "./setup.mjs";

/** @typedef {import("node:test").TestContext} TestContext */

/** How often each is tried; `OPENINGS=50 node --test browser/opening.test.mjs` tries more. */
const OPENINGS = Number(process.env.OPENINGS ?? 15);
const LIMIT_MS = 1_000;

/**
 * In the page, before its own scripts: the time from the registration of its consumer, at which the server announces it, to
 * the opening of its channel.
 */
const STOPWATCH = `
globalThis.opening = new Promise((resolve) => {
  let registeredAt;
  const { send } = WebSocket.prototype;
  WebSocket.prototype.send = function (text) {
    registeredAt ??= performance.now();
    send.call(this, text);
  };
  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...options) {
      super(...options);
      this.addEventListener("datachannel", ({ channel }) => {
        const opened = () => resolve(performance.now() - registeredAt);
        if (channel.readyState === "open") opened();
        else channel.addEventListener("open", opened);
      });
    }
  };
});
`;

/** Each with a page that is a consumer of it. */
const SERVERS = [
  {
    called: "the log page",
    start: async () => {
      const server = await Server.start();
      return { signalingUrl: server.signalingUrl, pageUrl: server.url, stop: () => server.kill() };
    },
  },
  {
    called: "the documented consumer behind a strict server",
    start: async () => {
      const server = await StrictServer.start();
      const pages = await Pages.documentedConsumer(server.url);
      const stop = async () => {
        await pages.stop();
        await server.stop();
      };
      return { signalingUrl: server.url, pageUrl: pages.url, stop };
    },
  },
];

const LOADS = [
  { called: "quiet", busyLoops: 0 },
  { called: "beside two busy loops", busyLoops: 2 },
];

/** @param {TestContext} t @param {number} count */
function burn(t, count) {
  for (let number = 0; number < count; number += 1) {
    const loop = new Child(process.execPath, ["-e", "for (;;);"], () => {});
    t.after(() => loop.kill());
  }
}

for (const { called: consumer, start } of SERVERS) {
  for (const { called: load, busyLoops } of LOADS) {
    testInBrowsers(`${consumer} opens its channel each time, ${load}`, async (t, browser) => {
      const server = await start();
      t.after(() => server.stop());
      const producer = new Producer(server.signalingUrl);
      t.after(() => producer.stop());
      await producer.registered();
      const page = await browser.blank();
      t.after(() => page.close());
      await page.addInitScript(STOPWATCH);
      burn(t, busyLoops);

      /** @type {number[]} */
      const times = [];
      for (let opening = 0; opening < OPENINGS; opening += 1) {
        await page.goto(server.pageUrl);
        times.push(await within(`opening ${opening + 1}`, page.evaluate("opening"), 20_000));
      }
      const sorted = times.map(Math.round).toSorted((a, b) => a - b);
      t.diagnostic(`${OPENINGS} openings: median ${sorted[OPENINGS >> 1]} ms, longest ${sorted.at(-1)} ms`);
      assert.ok((sorted.at(-1) ?? 0) <= LIMIT_MS, `in ms: ${sorted}`);
    });
  }
}
