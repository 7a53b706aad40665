/** Pictures of the page while it follows: rows that must be there, and are not. */

import { setTimeout as sleep } from "node:timers/promises";
import { blankBands, record } from "../../../lib/frames.mjs";
import { PageList } from "../../../lib/page_list.mjs";
import { Logrtc } from "../../harness/producers.mjs";
import { SignalingServer } from "../../harness/server.mjs";
import { smallEntries } from "../harness/frames.mjs";
import { Flood } from "../harness/flood.mjs";
import { BROWSERS, MeasuredPage, TITLES } from "../harness/log_page.mjs";
import { Site } from "../harness/site.mjs";

const RATES = [
  { name: "2 000/s", perSecond: 2_000 },
  { name: "the highest rate", perSecond: undefined },
];
const RECORD_MS = 4_000;
/** Held before the first of the producer: a list of so many rows is higher than some browsers can scroll. */
const HELD = 1_000_000;
/** More than a list has in sight. */
const FIRST_ENTRIES = 4_000;
const WIDTH = 1_280;
/** A row that is cut off at an edge may show nothing of its text. */
const WHOLE_ROW_PX = 15;

/** Where time, level and target of the rows in sight are. @param {PageList} list */
async function bandsOf(list) {
  const { x, y, height } = await list.box();
  const rows = (await list.rows()).map((row) => ({
    top: Math.max(row.top, y),
    bottom: Math.min(row.top + row.height, y + height),
  }));
  return { left: x + 8, right: x + 250, rows: rows.filter(({ top, bottom }) => bottom - top > WHOLE_ROW_PX) };
}

/** @param {import("../harness/log_page.mjs").BrowserName} name @param {Site} site @param {string} url @param {number | undefined} perSecond */
async function look(name, site, url, perSecond) {
  const producer = await Logrtc.start(url);
  const page = await MeasuredPage.open(name, site, { signalingUrl: url });
  await page.feed("small", "ready");
  const flood = new Flood(producer, perSecond);
  try {
    const blank = await page.browser.blank();
    await page.page.bringToFront();
    await page.received(HELD + FIRST_ENTRIES);
    const where = { width: WIDTH, bands: await bandsOf(new PageList(page.page)) };
    const recording = await record(page.page, name);
    await sleep(RECORD_MS);
    const pictures = await recording.end();
    const found = await blankBands(blank, pictures, where);
    return { pictures: pictures.length, blank: found.length };
  } finally {
    flood.stop().catch(() => {});
    await page.close();
    await producer.stop();
  }
}

/** @type {import("../../harness/measurement.mjs").Row} */
export const blank = {
  name: "blank",
  title: "Frames with a row missing",
  method:
    "Pictures of 4 s in which the page follows and holds more than 1 000 000 entries, as Chromium's compositor gives them out, or screenshots of Firefox one after " +
    "the other. One in which any row in sight has no text is counted.",
  async measure({ runs }) {
    const site = await Site.start({ small: smallEntries(HELD) });
    const server = await SignalingServer.start({ allowOrigin: site.origin });
    const measurements = [];
    for (const name of BROWSERS) {
      for (const { name: rateName, perSecond } of RATES) {
        /** @type {Awaited<ReturnType<typeof look>>[]} */
        const seen = [];
        for (let run = 0; run < runs; run += 1) {
          seen.push(await look(name, site, server.url, perSecond));
        }
        const title = `${TITLES[name]} at ${rateName}`;
        measurements.push(
          {
            what: `${title}, blank or in part`,
            unit: "pictures",
            values: seen.map(({ blank }) => blank),
            goal: /** @type {const} */ ({ of: "value", atMost: 0 }),
          },
          { what: `${title}, looked at`, unit: "pictures", values: seen.map(({ pictures }) => pictures) },
        );
      }
    }
    await server.stop();
    await site.stop();
    return measurements;
  },
};
