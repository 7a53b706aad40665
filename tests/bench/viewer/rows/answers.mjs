/** How soon the page answers the reader while entries arrive. */

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../../../lib/deadline.mjs";
import { PageList } from "../../../lib/page_list.mjs";
import { Logrtc } from "../../harness/producers.mjs";
import { SignalingServer } from "../../harness/server.mjs";
import { gaps, most, quantile, rateOf } from "../harness/figures.mjs";
import { Flood } from "../harness/flood.mjs";
import { BROWSERS, MeasuredPage, TITLES } from "../harness/log_page.mjs";
import { Site } from "../harness/site.mjs";

const RATES = [
  { name: "20 000/s", perSecond: 20_000, goalMs: 50 },
  { name: "the highest rate", perSecond: undefined, goalMs: 50 },
];
const WARM_UP_MS = 2_000;
const CLICKS = 20;
const KEYS_A_CLICK = 2;
/** Each one character longer than the one before. */
const QUERIES = ["78", "23", "96", "41", "05"];
/** A reader's pace. */
const PAUSE_MS = 120;

/** @param {MeasuredPage} page @param {"click" | "key" | "query"} kind @param {number} count */
async function answered(page, kind, count) {
  const isThere = async () => /** @type {number} */ (await page.ask(`bench.answers.${kind}.length`)) >= count;
  await eventually(`${kind} ${count} is answered`, isThere, 20_000);
}

/** @param {MeasuredPage} page */
async function clickAndWalk(page) {
  const list = new PageList(page.page);
  const { mouse, keyboard } = page.page;
  for (let click = 0; click < CLICKS; click += 1) {
    const { x, y, height } = await list.box();
    const at = { x: x + 300, y: y + height * (0.2 + (0.6 * click) / CLICKS) };
    await mouse.move(at.x, at.y);
    // The way of what is sent to the browser is no part of a press.
    await Promise.all([mouse.down(), mouse.up()]);
    await answered(page, "click", click + 1);
    for (let key = 0; key < KEYS_A_CLICK; key += 1) {
      await sleep(PAUSE_MS);
      await keyboard.press("j");
      await answered(page, "key", click * KEYS_A_CLICK + key + 1);
    }
    await list.follow();
    await sleep(PAUSE_MS);
  }
}

/** @param {MeasuredPage} page */
async function typeQueries(page) {
  const input = page.page.locator(".query-input");
  let count = 0;
  for (const query of QUERIES) {
    await input.focus();
    for (const character of query) {
      await page.page.keyboard.press(character);
      count += 1;
      await answered(page, "query", count);
      await sleep(PAUSE_MS);
    }
    await page.ask("searchFor('')");
  }
}

/** @param {import("../harness/log_page.mjs").BrowserName} name @param {Site} site @param {string} url @param {number | undefined} perSecond */
async function look(name, site, url, perSecond) {
  const producer = await Logrtc.start(url);
  const page = await MeasuredPage.open(name, site, { signalingUrl: url });
  const flood = new Flood(producer, perSecond);
  try {
    await page.received(1);
    await sleep(WARM_UP_MS);
    await page.reset();
    await clickAndWalk(page);
    await typeQueries(page);
    /** @type {any} */
    const seen = await page.ask("({ ...bench, worker: undefined })");
    assert.equal(seen.answers.click.length, CLICKS);
    return { ...seen, rate: rateOf(seen.progress) };
  } finally {
    flood.stop().catch(() => {});
    await page.close();
    await producer.stop();
  }
}

/** @type {import("../../harness/measurement.mjs").Row} */
export const answers = {
  name: "answers",
  title: "Answers while entries arrive",
  method:
    "Each from the browser's event to the end of the frame that shows it: a press on a row to its entry in the panel " +
    "(20 times), `j` to the next entry in the panel (40), a character of a query to the rows that it leaves (10). " +
    "Between them, the list follows.",
  async measure({ runs, say }) {
    const site = await Site.start();
    const server = await SignalingServer.start({ allowOrigin: site.origin });
    const measurements = [];
    for (const name of BROWSERS) {
      for (const { name: rateName, perSecond, goalMs } of RATES) {
        /** @type {Awaited<ReturnType<typeof look>>[]} */
        const seen = [];
        for (let run = 0; run < runs; run += 1) {
          seen.push(await look(name, site, server.url, perSecond));
        }
        const title = `${TITLES[name]} at ${rateName}`;
        const goal = /** @type {const} */ ({ of: "value", atMost: goalMs });
        say(`${title}: ${seen.map(({ rate }) => Math.round(rate)).join(", ")} entries/s`);
        const p95 = (/** @type {string} */ kind) => seen.map(({ answers }) => quantile(answers[kind], 0.95));
        measurements.push(
          { what: `${title}, click, p95`, unit: "ms", values: p95("click"), goal },
          { what: `${title}, \`j\`, p95`, unit: "ms", values: p95("key"), goal },
          { what: `${title}, character of a query, p95`, unit: "ms", values: p95("query") },
          {
            what: name === "chromium" ? `${title}, longest task` : `${title}, longest time without a frame`,
            unit: "ms",
            values: seen.map(({ longTasks, frames }) => most(name === "chromium" ? longTasks : gaps(frames))),
          },
        );
      }
    }
    await server.stop();
    await site.stop();
    return measurements;
  },
};
