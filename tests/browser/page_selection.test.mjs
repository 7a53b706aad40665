/** Text of rows is selected and copied as text: one line a row, in order, however many rows come meanwhile. */

import assert from "node:assert/strict";
import { pasted } from "../lib/clipboard.mjs";
import { eventually } from "../lib/deadline.mjs";
import { Steady } from "../lib/steady.mjs";
import { openLog } from "./page_setup.mjs";
import { testInBrowsers } from "./setup.mjs";

/** @typedef {import("../lib/page_list.mjs").PageList} PageList */

const PER_SECOND = 100;

/** @param {PageList} list @returns {Promise<string>} */
async function selected({ page }) {
  return await page.evaluate("String(getSelection())");
}

/** Drags from one row to another one, slowly. @param {PageList} list @param {number} from @param {number} to rows in sight */
async function drag(list, from, to) {
  const rows = await list.rows();
  const { x, width } = await list.box();
  const middle = (/** @type {number} */ row) => rows[row].top + rows[row].height / 2;
  const isDown = to > from;
  const [startX, endX] = isDown ? [x + 1, x + width * 0.9] : [x + width * 0.9, x + 1];
  const { mouse } = list.page;
  await mouse.move(startX, middle(from));
  await mouse.down();
  const steps = 10;
  for (let step = 1; step <= steps; step += 1) {
    const share = step / steps;
    await mouse.move(startX + (endX - startX) * share, middle(from) + (middle(to) - middle(from)) * share);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  await mouse.up();
}

testInBrowsers("what is dragged over is selected and copied, row by row", async (t, browser) => {
  const { producer, page, list } = await openLog(t, browser);
  await producer.log(0, 300);
  await list.shows(299);
  const steady = new Steady(producer, 300, PER_SECOND);
  for (const [from, to] of [
    [5, 9],
    [12, 4],
  ]) {
    await list.follow();
    await new Promise((resolve) => setTimeout(resolve, 200));
    // The press is what has it stand still: which rows these are is known afterwards.
    await drag(list, from, to);
    await list.isPaused();
    const rows = await list.rows();
    const expected = rows.slice(Math.min(from, to), Math.max(from, to) + 1).map(({ text }) => text);
    assert.equal(expected.length, Math.abs(to - from) + 1);
    for (const line of expected) assert.match(line, /^\d\d:\d\d:\d\d\.\d{3} .*\b(DEBUG|INFO|WARN|ERROR) test::numbers entry \d+ 日志/);
    assert.equal(await selected(list), expected.join("\n"));
    assert.equal(await page.page.locator(".panel").count(), 0, "nothing is opened");
    // It stays while more comes.
    await list.standsStill(500);
    assert.equal(await selected(list), expected.join("\n"));
    await page.page.keyboard.press("Control+C");
    assert.equal((await pasted(browser, page.page)).replaceAll("\r\n", "\n"), expected.join("\n"));
    await page.page.evaluate("getSelection().removeAllRanges()");
  }
  await steady.stop();
  page.assertNoComplaints();
});

testInBrowsers("a part of a row is selected, and nothing moves under it", async (t, browser) => {
  const { producer, page, list } = await openLog(t, browser);
  await producer.log(0, 300);
  await list.shows(299);
  const steady = new Steady(producer, 300, PER_SECOND);
  const { top, height } = (await list.rows())[6];
  const target = await page.page.locator(".list-header .target").boundingBox();
  assert.ok(target);
  const y = Math.round(top + height / 2);
  await page.page.mouse.move(Math.round(target.x) + 1, y);
  await page.page.mouse.down();
  await page.page.mouse.move(Math.round(target.x + 45), y, { steps: 5 });
  await page.page.mouse.up();
  await list.isPaused();
  assert.match(await selected(list), /^test::?$/);
  await list.standsStill(500);
  assert.match(await selected(list), /^test::?$/);
  assert.equal(await page.page.locator(".panel").count(), 0, "nothing is opened");
  await steady.stop();
  page.assertNoComplaints();
});

testInBrowsers("a selection stays what was dragged over, however far the list is scrolled", async (t, browser) => {
  const { producer, page, list } = await openLog(t, browser);
  await producer.log(0, 1_000);
  await list.shows(999);
  await page.page.keyboard.press("g");
  await list.shows(0);
  await drag(list, 6, 16);
  const expected = (await list.rows()).slice(6, 17).map(({ text }) => text);
  assert.equal(expected.length, 11);
  assert.equal(await selected(list), expected.join("\n"));
  for (const delta of [200, 1_500, 6_000, -1_500, -4_500, -1_700]) {
    const before = (await list.numbers())[0] ?? 0;
    await page.page.mouse.wheel(0, delta);
    await eventually("the list is scrolled", async () => ((await list.numbers())[0] ?? 0) * delta > before * delta || before + delta < 0);
    assert.equal(await selected(list), expected.join("\n"), `after ${delta} px`);
    await page.page.keyboard.press("Control+C");
    assert.equal((await pasted(browser, page.page)).replaceAll("\r\n", "\n"), expected.join("\n"));
  }

  await page.page.evaluate("getSelection().removeAllRanges()");
  await list.scroller.focus();
  await page.page.keyboard.press("Control+A");
  const lines = (await selected(list)).trim().split("\n").filter((line) => line !== "");
  for (const line of lines) assert.match(line, /test::numbers entry \d+ 日志/, "the rows alone are selected");
  assert.ok(lines.length > 10);
  page.assertNoComplaints();
});
