/** The worker without the page and without a channel. */

import { readFileSync } from "node:fs";
import { Browser } from "../../../lib/browser.mjs";
import { smallEntries } from "../harness/frames.mjs";
import { BROWSERS, TITLES } from "../harness/log_page.mjs";
import { Site } from "../harness/site.mjs";

const ENTRIES = 1_000_000;
const PROBE = readFileSync(new URL("../page/probe.js", import.meta.url), "utf8");

/** @type {import("../../harness/measurement.mjs").Row} */
export const worker = {
  name: "worker",
  title: "The worker alone",
  method:
    "1 000 000 entries in compressed frames of 256 lie ready in an empty page, which posts them to the page's worker. The " +
    "rate is from the first one posted until the worker has indexed and kept the last.",
  async measure({ runs }) {
    const site = await Site.start({ small: smallEntries(ENTRIES) });
    const measurements = [];
    for (const name of BROWSERS) {
      const values = [];
      for (let run = 0; run < runs; run += 1) {
        const browser = await Browser.start(name);
        const { page } = await browser.open(`${site.origin}/plain/worker.html`, PROBE);
        await page.evaluate("bench.worker.postMessage({ kind: 'ask', id: 1, name: 'setMaxBytes', value: 2 ** 30 })");
        const tookMs = /** @type {number} */ (await page.evaluate("feed('/data/small', 'ready', true)"));
        values.push((ENTRIES / tookMs) * 1e3);
        await browser.close();
      }
      measurements.push({
        what: `${TITLES[name]}, rate`,
        unit: "entries/s",
        values,
        goal: /** @type {const} */ ({ of: "value", atLeast: 500_000 }),
      });
    }
    await site.stop();
    return measurements;
  },
};
