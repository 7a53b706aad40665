/** A regular expression that finds no end: the list goes on without it, and the query field says so. */

import assert from "node:assert/strict";
import { eventually } from "../lib/deadline.mjs";
import { PageQuery } from "../lib/page_query.mjs";
import { openLog } from "./page_setup.mjs";
import { testInBrowsers } from "./setup.mjs";

const SLOW = "/^(a+)+$/";
/** One more letter than those, and an engine that tries every way takes years. */
const TEXT = `${"a".repeat(60)}!`;

/** @param {number} number */
const entryOf = (number) => ({
  timestamp: new Date().toISOString(),
  level: "INFO",
  target: "shop",
  message: `entry ${number}`,
  fields: { slow: TEXT },
});

/** In the page: counts its frames, and those of them in which the list shows no row. */
const WATCH = `(() => {
  globalThis.frames_seen = { all: 0, blank: 0 };
  const look = () => {
    frames_seen.all += 1;
    if (document.querySelectorAll("#rows > *").length === 0) frames_seen.blank += 1;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()`;

testInBrowsers("an expression that finds no end holds nothing up, and is left out", async (t, browser) => {
  const { producer, page, list } = await openLog(t, browser);
  let number = 0;
  const send = async () => {
    await producer.command(`send ${JSON.stringify(entryOf(number))}`);
    number += 1;
  };
  while (number < 50) await send();
  await list.shows(49);
  await page.page.evaluate(WATCH);
  const query = new PageQuery(list);
  await query.write(SLOW);
  // It is being looked for: entries come, and are shown.
  for (let step = 0; step < 5; step += 1) {
    await send();
    await list.shows(number - 1);
  }
  await page.page.locator("#query-wrong").getByText("takes too long").waitFor();
  assert.equal(await query.field.getAttribute("aria-invalid"), "true");
  await send();
  await list.shows(number - 1);
  assert.ok(await list.isFollowing());
  // One after it is looked for at once, and has the store and its searchers for itself.
  await query.write("/entry 1\\d\\b/");
  await query.shows(Array.from({ length: 10 }, (_, index) => 10 + index));
  await eventually("nothing is wrong any more", async () => (await page.page.locator("#query-wrong").count()) === 0);
  // Typed over while it is being looked for, it leaves no trace.
  await query.write(SLOW);
  await query.write("/entry 2\\d\\b/");
  await query.shows(Array.from({ length: 10 }, (_, index) => 20 + index));
  const seen = await page.page.evaluate("frames_seen");
  assert.ok(seen.all > 10, `${seen.all} frames`);
  assert.equal(seen.blank, 0);
  page.assertNoComplaints();
});
