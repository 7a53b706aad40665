/** How much the page takes from a real producer, end to end, and how it looks meanwhile. */

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { Browser } from "../../../lib/browser.mjs";
import { eventually } from "../../../lib/deadline.mjs";
import { Logrtc } from "../../harness/producers.mjs";
import { SignalingServer } from "../../harness/server.mjs";
import { framesPerSecond, gaps, most, quantile, rateOf } from "../harness/figures.mjs";
import { Flood } from "../harness/flood.mjs";
import { BROWSERS, MeasuredPage, TITLES } from "../harness/log_page.mjs";
import { Site } from "../harness/site.mjs";

const SECONDS = Number(process.env.RATE_SECONDS ?? 60);
const WARM_UP_MS = 3_000;
const PLAIN_SECONDS = 20;

/** @param {import("../harness/log_page.mjs").BrowserName} name @param {Site} site @param {string} url */
async function ours(name, site, url) {
  const producer = await Logrtc.start(url);
  const page = await MeasuredPage.open(name, site, { signalingUrl: url });
  try {
    const flood = new Flood(producer);
    await page.received(1);
    await sleep(WARM_UP_MS);
    await page.reset();
    await sleep(SECONDS * 1e3);
    /** @type {any} */
    const seen = await page.ask("({ ...bench, worker: undefined })");
    const logged = await flood.stop();
    const counts = await page.received(logged);
    assert.deepEqual([counts.received, counts.lost, counts.malformed], [logged, 0, 0], "every entry is taken in");
    assert.equal(counts.held + counts.dropped, counts.received, "every entry is accounted for");
    return {
      rate: rateOf(seen.progress),
      framesPerSecond: framesPerSecond(seen.frames),
      frameGap: quantile(gaps(seen.frames), 0.95),
      longest: name === "chromium" ? most(seen.longTasks) : most(gaps(seen.frames)),
      held: counts.held,
    };
  } finally {
    await page.close();
    await producer.stop();
  }
}

/** @param {import("../harness/log_page.mjs").BrowserName} name @param {Site} site @param {string} url */
async function plain(name, site, url) {
  const producer = await Logrtc.start(url);
  const browser = await Browser.start(name);
  try {
    const { page } = await browser.open(`${site.origin}/plain/?signaling=${url}`);
    await eventually("the channel opens", async () => (await producer.stats()).consumers.length === 1);
    const flood = new Flood(producer);
    /** @type {{count: number, since: number, stuck: {afterMs: number, count: number} | undefined}} */
    let seen = { count: 0, since: 0, stuck: undefined };
    let seconds = 0;
    const since = performance.now();
    while (seen.stuck === undefined && seconds < PLAIN_SECONDS) {
      await sleep(500);
      seen = await page.evaluate("({ count: bench.count, since: bench.since, stuck: bench.stuck })");
      seconds = (performance.now() - since) / 1e3;
    }
    // What it has not read is of no interest any more.
    flood.stop().catch(() => {});
    const { count, afterMs } = seen.stuck ?? { count: seen.count, afterMs: seconds * 1e3 };
    return { rate: (count / afterMs) * 1e3, usable: count };
  } finally {
    await browser.close();
    await producer.stop();
  }
}

/** @type {import("../../harness/measurement.mjs").Row} */
export const rate = {
  name: "rate",
  title: "From a producer into the page",
  method:
    `A producer logs without a pause for ${SECONDS} s, and waits only for the page, which follows and paints. Entries are ` +
    "counted that the page has taken in and holds, within its 1 GiB. Producer, server and browser share the machine. The " +
    "peer is a page that has the same consumer and appends a `<div>` an entry, until it first paints nothing for 1 s.",
  async measure({ runs }) {
    const site = await Site.start();
    const server = await SignalingServer.start({ allowOrigin: site.origin });
    const measurements = [];
    for (const name of BROWSERS) {
      /** @type {Awaited<ReturnType<typeof ours>>[]} */
      const page = [];
      /** @type {Awaited<ReturnType<typeof plain>>[]} */
      const divs = [];
      for (let run = 0; run < runs; run += 1) {
        page.push(await ours(name, site, server.url));
        divs.push(await plain(name, site, server.url));
      }
      const title = TITLES[name];
      measurements.push(
        {
          what: `${title}, rate`,
          unit: "entries/s",
          values: page.map(({ rate }) => rate),
          peer: { name: "divs", values: divs.map(({ rate }) => rate) },
          goal: /** @type {const} */ ({ of: "value", atLeast: 100_000 }),
        },
        {
          what: `${title}, entries while it is usable`,
          unit: "entries",
          values: page.map(({ held }) => held),
          peer: { name: "divs", values: divs.map(({ usable }) => usable) },
        },
        { what: `${title}, frames`, unit: "a second", values: page.map(({ framesPerSecond }) => framesPerSecond) },
        { what: `${title}, from frame to frame, p95`, unit: "ms", values: page.map(({ frameGap }) => frameGap) },
        {
          what: name === "chromium" ? `${title}, longest task` : `${title}, longest time without a frame`,
          unit: "ms",
          values: page.map(({ longest }) => longest),
        },
      );
    }
    await server.stop();
    await site.stop();
    return measurements;
  },
};
