/** While the list follows, no frame has a row missing, at any rate. */

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { SCREENSHOT_STYLE, blankBands, record } from "../lib/frames.mjs";
import { Steady } from "../lib/steady.mjs";
import { assertWhole, watchList } from "../lib/watched_list.mjs";
import { openLog } from "./page_setup.mjs";
import { testInBrowsers } from "./setup.mjs";

/** How long each rate is looked at; `FRAMES_SECONDS=10 node --test browser/page_frames.alone.mjs` looks longer. */
const SECONDS = Number(process.env.FRAMES_SECONDS ?? 2.5);
const RATES = [10, 100, 1_000, 10_000];
/** More than any list has in sight. */
const ROWS = 200;

/** Where the rows in sight are, in their columns of time, level and target. @param {import("../lib/page_list.mjs").PageList} list */
async function bandsOf(list) {
  const { x, y, height } = await list.box();
  const rows = (await list.rows()).map((row) => ({
    top: Math.max(row.top, y),
    bottom: Math.min(row.top + row.height, y + height),
  }));
  // What is cut off at an edge may show nothing of its text.
  return { left: x + 8, right: x + 250, rows: rows.filter(({ top, bottom }) => bottom - top > 15) };
}

testInBrowsers("no frame is blank or in part", async (t, browser) => {
  const { producer, page, list } = await openLog(t, browser);
  const blank = await browser.blank();
  t.after(() => blank.close());
  await page.page.bringToFront();
  await producer.log(0, ROWS);
  await list.shows(ROWS - 1);
  const where = { width: 1280, bands: await bandsOf(list) };
  assert.ok(where.bands.rows.length > 15, `${where.bands.rows.length} rows in sight`);

  // A row that is not painted is found.
  const hide = (/** @type {string} */ visibility) =>
    list.rowsElement.locator("[role=row]").nth(7).evaluate((row, value) => (row.style.visibility = value), visibility);
  await hide("hidden");
  const picture = (await page.page.screenshot({ type: "jpeg", quality: 90, caret: "initial" })).toString("base64");
  const [{ bands } = { bands: [] }] = await blankBands(blank, [picture], where);
  assert.equal(bands.length, 1, `blank: ${bands}`);
  await hide("");

  let next = ROWS;
  for (const perSecond of RATES) {
    const steady = new Steady(producer, next, perSecond);
    const watch = await watchList(page.page);
    const recording = await record(page.page, browser.name);
    await sleep(SECONDS * 1e3);
    const pictures = await recording.end();
    const watched = await watch.end();
    const logged = await steady.stop();
    next = logged.next;
    t.diagnostic(
      `${perSecond}/s, really ${Math.round(logged.perSecond)}/s: ${pictures.length} pictures, ${watched.looks} looks, ` +
        `${new Set(watched.newest).size} different ends`,
    );
    assertWhole(watched);
    assert.ok(watched.rows >= where.bands.rows.length, `${watched.rows} rows`);
    assert.ok(pictures.length > SECONDS, `${pictures.length} pictures`);
    // A machine with much else to do paints seldom; it still follows.
    assert.ok(new Set(watched.newest).size > SECONDS, "it follows");
    assert.deepEqual(await blankBands(blank, pictures, where), []);
    assert.ok(await list.isFollowing());
    await list.shows(next - 1);
  }
  page.assertNoComplaints(SCREENSHOT_STYLE);
});
