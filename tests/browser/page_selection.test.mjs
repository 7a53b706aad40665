/** Text of rows is selected and copied as text: one line a row, in order, however many rows come meanwhile. */

import assert from "node:assert/strict";
import { pasted } from "../lib/clipboard.mjs";
import { eventually } from "../lib/deadline.mjs";
import { Steady } from "../lib/steady.mjs";
import { openLog } from "./page_setup.mjs";
import { testInBrowsers } from "./setup.mjs";

/** @typedef {import("../lib/page_list.mjs").PageList} PageList */

const PER_SECOND = 100;
const ROW = /^\d\d:\d\d:\d\d\.\d{3} .*\b(DEBUG|INFO|WARN|ERROR) test::numbers entry \d+ 日志/;

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
    for (const line of expected) assert.match(line, ROW);
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

/** The numbers of the entries that are selected, of which each but the first and the last is whole. @param {PageList} list */
async function selectedNumbers(list) {
  const lines = (await selected(list)).split("\n");
  for (const line of lines.slice(1, -1)) assert.match(line, ROW, "rows alone are selected");
  const digits = lines.map((line) => /\bentry (\d+) /.exec(line)?.[1]);
  return { lines, numbers: digits.flatMap((each) => (each === undefined ? [] : Number(each))) };
}

/** @param {number} from @param {number} to */
function numbersFrom(from, to) {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

testInBrowsers("a drag past an edge of the list selects the rows that it scrolls over, and nothing else", async (t, browser) => {
  const { producer, page, list } = await openLog(t, browser);
  await producer.log(0, 1_000);
  await list.shows(999);
  const { mouse, keyboard } = page.page;
  const { x, y, width, height } = await list.box();
  for (const isDown of [true, false]) {
    await keyboard.press(isDown ? "g" : "Shift+G");
    await list.shows(isDown ? 0 : 999);
    // The press is what has it stand still, in the middle of a row.
    const rows = await list.rows();
    const start = rows[isDown ? 20 : 8];
    await mouse.move(x + width * 0.9, start.top + start.height / 2);
    await mouse.down();
    const [edge, away] = isDown ? [y + height, 1] : [y, -1];
    for (const distance of [-60, -40, -20, -5]) await mouse.move(x + width * 0.9, edge + away * distance);
    const first = (await list.numbers())[0] ?? 0;
    let side = 0;
    await eventually("the list scrolls", async () => {
      // Over what stands beside the list, as a hand that is not still.
      side = 1 - side;
      await mouse.move(x + width * 0.9 + side, edge + away * 12);
      return Math.abs(((await list.numbers())[0] ?? first) - first) > 15;
    });
    await mouse.up();
    const { lines, numbers } = await eventually("every row of it is selected", async () => {
      const selected = await selectedNumbers(list);
      const { numbers } = selected;
      return numbers.length > 15 && numbers.every((number, index) => number === numbers[0] + index) && selected;
    });
    const shown = (await list.numbers()).flatMap((number) => number ?? []);
    const end = isDown ? numbers.at(-1) : numbers[0];
    assert.ok(end !== undefined && shown.includes(end), `${end} is none of ${shown}`);
    // A press at the end of a row leaves out its text, which is above it in a drag upwards.
    assert.ok(Math.abs((isDown ? numbers[0] : numbers.at(-1) ?? 0) - (start.number ?? 0)) <= 1);
    await keyboard.press("Control+C");
    assert.equal((await pasted(browser, page.page)).replaceAll("\r\n", "\n"), lines.join("\n"));
    await page.page.evaluate("getSelection().removeAllRanges()");
  }
  page.assertNoComplaints();
});

testInBrowsers("a selection has every row between its ends, also those that were never in sight", async (t, browser) => {
  const { producer, page, list } = await openLog(t, browser);
  await producer.log(0, 2_000);
  await list.shows(1_999);
  const { mouse, keyboard } = page.page;
  const { x } = await list.box();
  /** @param {number} row */
  const moveTo = async (row) => {
    const { top, height } = (await list.rows())[row];
    await mouse.move(x + 3, top + height / 2);
  };
  /** By more than is painted on the way. */
  const scrollFar = async () => {
    for (let notch = 0; notch < 3; notch += 1) {
      const before = (await list.numbers())[0] ?? 0;
      await mouse.wheel(0, 4_000);
      await eventually("it is scrolled", async () => ((await list.numbers())[0] ?? 0) > before + 100);
    }
    await list.atRest();
  };
  /** @param {string} how */
  const isWhole = async (how) => {
    const last = (await list.numbers())[12] ?? 0;
    assert.ok(last > 400, `${last}`);
    await eventually(`a selection by ${how} is whole`, async () => {
      const { numbers } = await selectedNumbers(list);
      return JSON.stringify(numbers) === JSON.stringify(numbersFrom(10, numbers.at(-1) ?? 0)) && Math.abs((numbers.at(-1) ?? 0) - last) <= 1;
    });
  };
  await keyboard.press("g");
  await list.shows(0);
  await moveTo(10);
  await mouse.down();
  await moveTo(12);
  await scrollFar();
  await moveTo(11);
  await moveTo(12);
  await mouse.up();
  await isWhole("a wheel in a drag");

  await page.page.evaluate("getSelection().removeAllRanges()");
  await keyboard.press("g");
  await list.shows(0);
  await moveTo(10);
  await mouse.down();
  await mouse.up();
  await keyboard.press("Escape");
  await moveTo(12);
  await scrollFar();
  await keyboard.down("Shift");
  await moveTo(12);
  await mouse.down();
  await mouse.up();
  await keyboard.up("Shift");
  await isWhole("a click with Shift");
  page.assertNoComplaints();
});
