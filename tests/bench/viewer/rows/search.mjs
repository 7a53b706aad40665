/** Queries over a million entries. */

import assert from "node:assert/strict";
import { RARE_TEXT, smallEntries } from "../harness/frames.mjs";
import { quantile } from "../harness/figures.mjs";
import { BROWSERS, MeasuredPage, TITLES } from "../harness/log_page.mjs";
import { Site } from "../harness/site.mjs";

const ENTRIES = 1_000_000;
/** Of each query in a page, the first of which warms up. */
const TIMES = 3;

const QUERIES = [
  { what: "substring", query: RARE_TEXT, hits: Math.ceil(ENTRIES / 4_096), goalMs: 500 },
  { what: "regular expression", query: "/orders 5\\d\\d/", hits: ENTRIES / 250, goalMs: 1_500 },
  { what: "regular expression, rare text in it", query: "/POST .*5\\d\\d/", hits: ENTRIES / 250, goalMs: undefined },
  { what: "field", query: "duration_ms>=99", hits: Math.floor(ENTRIES / 90), goalMs: undefined },
  { what: "level", query: "level:error", hits: ENTRIES / 4, goalMs: undefined },
];

/** @type {import("../../harness/measurement.mjs").Row} */
export const search = {
  name: "search",
  title: "Search in 1 000 000 entries",
  method:
    "From the query typed at once to the frame that shows its first rows, and until the page has learnt of the last hit. " +
    "Nothing else arrives. The regular expression is one that every entry has the letters of.",
  async measure({ runs }) {
    const site = await Site.start({ small: smallEntries(ENTRIES) });
    const measurements = [];
    for (const name of BROWSERS) {
      /** @type {{first: number[], all: number[]}[]} */
      const took = QUERIES.map(() => ({ first: [], all: [] }));
      for (let run = 0; run < runs; run += 1) {
        const page = await MeasuredPage.open(name, site);
        await page.feed("small", "ready");
        for (const [index, { query, hits }] of QUERIES.entries()) {
          /** @type {number[]} */
          const first = [];
          /** @type {number[]} */
          const all = [];
          for (let time = 0; time < TIMES; time += 1) {
            /** @type {{firstMs: number, lastMs: number, shown: number}} */
            const { firstMs, lastMs, shown } = await page.ask(`searchFor(${JSON.stringify(query)})`);
            assert.ok(Math.abs(shown - hits) <= 1, `${query}: ${shown} hits, not ${hits}`);
            await page.ask("searchFor('')");
            if (time > 0) {
              first.push(firstMs);
              all.push(lastMs);
            }
          }
          took[index].first.push(quantile(first, 0.5));
          took[index].all.push(quantile(all, 0.5));
        }
        await page.close();
      }
      for (const [index, { what, goalMs }] of QUERIES.entries()) {
        const goal = goalMs === undefined ? {} : { goal: /** @type {const} */ ({ of: "value", atMost: goalMs }) };
        measurements.push(
          {
            what: `${TITLES[name]}, ${what}, first rows`,
            unit: "ms",
            values: took[index].first,
            goal: /** @type {const} */ ({ of: "value", atMost: 50 }),
          },
          { what: `${TITLES[name]}, ${what}, all`, unit: "ms", values: took[index].all, ...goal },
        );
      }
    }
    await site.stop();
    return measurements;
  },
};
