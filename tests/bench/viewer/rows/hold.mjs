/** How many entries a tab holds, and what they take. */

import assert from "node:assert/strict";
import { quantile } from "../harness/figures.mjs";
import { largeEntries, smallEntries } from "../harness/frames.mjs";
import { BROWSERS, MeasuredPage, TITLES } from "../harness/log_page.mjs";
import { Site } from "../harness/site.mjs";

const MIB = 2 ** 20;
/** As many lie ready; they come again as those of another program. */
const READY = 1_000_000;
const ENTRIES = Number(process.env.HOLD_ENTRIES ?? 3_000_000);
const READY_LARGE = 1_000;
const LARGE = 100_000;
const LARGE_BOUND = 256 * MIB;
/** How often the page is asked for rows in the midst of all. */
const JUMPS = 20;

/** How long it takes to show rows elsewhere, p95. @param {MeasuredPage} page @returns {Promise<number>} */
async function jump(page) {
  /** @type {number[]} */
  const took = await page.ask(`(async () => {
    const took = [];
    const scroller = document.querySelector("#scroller");
    const first = () => document.querySelector("#rows > *")?.getAttribute("aria-rowindex");
    for (let jump = 1; jump <= ${JUMPS}; jump += 1) {
      const before = first();
      const since = performance.now();
      scroller.scrollTop = (scroller.scrollHeight * jump) / ${JUMPS + 2};
      while (first() === before) await new Promise(requestAnimationFrame);
      took.push(performance.now() - since);
    }
    return took;
  })()`);
  return quantile(took, 0.95);
}

/** @type {import("../../harness/measurement.mjs").Row} */
export const hold = {
  name: "hold",
  title: "Entries in one tab",
  method:
    `${ENTRIES.toLocaleString("en").replaceAll(",", " ")} entries, which are given to the page's worker in ready-made frames; ` +
    "the page follows meanwhile. Memory is that of all processes that run pages, less what the empty page took; what is " +
    "shared is divided. A jump is one of the scroll bar, until the rows there are painted.",
  async measure({ runs, say }) {
    const site = await Site.start({ small: smallEntries(READY) });
    const measurements = [];
    for (const name of BROWSERS) {
      const [held, resident, own, jumps] = [[], [], [], []].map(() => /** @type {number[]} */ ([]));
      for (let run = 0; run < runs; run += 1) {
        const page = await MeasuredPage.open(name, site);
        for (let first = 0; first < ENTRIES; first += READY) {
          await page.feed("small", `ready_${first}`);
        }
        const counts = await page.received(ENTRIES);
        const added = await page.addedBytes();
        say(`${name}: ${Math.round(added / MIB)} MiB added; by the page's own count ${Math.round(counts.bytes / MIB)} MiB`);
        held.push(counts.held);
        resident.push(added / counts.held);
        own.push(counts.bytes / counts.held);
        jumps.push(await jump(page));
        await page.close();
      }
      const title = TITLES[name];
      measurements.push(
        { what: `${title}, held`, unit: "entries", values: held, goal: /** @type {const} */ ({ of: "value", atLeast: ENTRIES }) },
        {
          what: `${title}, resident an entry`,
          unit: "B",
          values: resident,
          goal: /** @type {const} */ ({ of: "value", atMost: 76 }),
        },
        { what: `${title}, an entry by the page's own count`, unit: "B", values: own },
        { what: `${title}, jump, p95`, unit: "ms", values: jumps },
      );
    }
    await site.stop();
    return measurements;
  },
};

/** @type {import("../../harness/measurement.mjs").Row} */
export const large = {
  name: "large",
  title: "100 000 entries of 60 KB",
  method:
    "They compress to a twelfth, which is 480 MB, and are given to a page that may hold 256 MiB. What does not fit is dropped " +
    "and counted.",
  async measure({ runs }) {
    const site = await Site.start({ large: largeEntries(READY_LARGE) });
    const measurements = [];
    for (const name of BROWSERS) {
      const [bytes, resident, rates, missing] = [[], [], [], []].map(() => /** @type {number[]} */ ([]));
      for (let run = 0; run < runs; run += 1) {
        const page = await MeasuredPage.open(name, site, { maxBytes: LARGE_BOUND });
        let tookMs = 0;
        let most = 0;
        for (let first = 0; first < LARGE; first += READY_LARGE) {
          tookMs += await page.feed("large", `ready_${first}`);
          most = Math.max(most, (await page.counts())?.bytes ?? 0);
        }
        const counts = await page.received(LARGE);
        assert.ok(counts.dropped > 0 && counts.held > 0, "some are dropped, and some are held");
        missing.push(counts.received - counts.held - counts.dropped);
        bytes.push(most / MIB);
        resident.push((await page.addedBytes()) / MIB);
        rates.push((LARGE / tookMs) * 1e3);
        await page.close();
      }
      const title = TITLES[name];
      const none = /** @type {const} */ ({ of: "value", atMost: 0 });
      measurements.push(
        { what: `${title}, neither held nor counted as dropped`, unit: "entries", values: missing, goal: none },
        {
          what: `${title}, most by the page's own count`,
          unit: "MiB",
          values: bytes,
          goal: /** @type {const} */ ({ of: "value", atMost: LARGE_BOUND / MIB }),
        },
        { what: `${title}, resident at the end`, unit: "MiB", values: resident },
        { what: `${title}, rate`, unit: "entries/s", values: rates },
      );
    }
    await site.stop();
    return measurements;
  },
};
