/** The reader is in command: any movement upwards has the list stand still, and nothing of it moves by itself from then on. */

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../lib/deadline.mjs";
import { Steady } from "../lib/steady.mjs";
import { openLog } from "./page_setup.mjs";
import { testInBrowsers } from "./setup.mjs";

/** @typedef {import("../lib/page_list.mjs").PageList} PageList */

/** `WHEELS=50 node --test browser/page_standing_still.alone.mjs` turns the wheel more often. */
const WHEELS = Number(process.env.WHEELS ?? 10);
const STILL_MS = 1_000;
const PER_SECOND = 1_000;

/** In the page, before its own scripts: the newest number in sight when the reader began to move. */
const WATCH_MOVES = `
for (const name of ["wheel", "keydown", "mousedown", "touchstart"]) {
  addEventListener(name, () => {
    const rows = [...document.querySelectorAll("#rows > *")];
    globalThis.seen = rows.map((row) => Number(/\\bentry (\\d+)\\b/.exec(row.textContent)?.[1]));
  }, true);
}
`;

/** @param {PageList} list @returns {Promise<number[]>} */
async function seenAtMove({ page }) {
  return await page.evaluate("seen");
}

testInBrowsers("a notch of the wheel upwards has the list stand still, each time", async (t, browser) => {
  const { producer, page, list } = await openLog(t, browser, { script: WATCH_MOVES });
  await producer.log(0, 500);
  await list.shows(499);
  const steady = new Steady(producer, 500, PER_SECOND);
  const { x, y, width, height } = await list.box();
  await page.page.mouse.move(x + width / 2, y + height / 2);
  for (let turn = 0; turn < WHEELS; turn += 1) {
    await list.follows();
    await sleep(100 + Math.random() * 100);
    await page.page.mouse.wheel(0, -100);
    await list.isPaused();
    const rows = await list.atRest();
    const seen = (await seenAtMove(list)).filter((number) => !Number.isNaN(number));
    const moved = seen[0] - (rows[0].number ?? Number.NaN);
    assert.ok(moved >= 1 && moved <= 12, `turn ${turn}: from ${seen[0]} to ${rows[0].number}`);
    await list.standsStill(turn === 0 ? STILL_MS : 200);
    await list.follow();
  }
  t.diagnostic(`${Math.round((await steady.stop()).perSecond)} entries a second`);
  page.assertNoComplaints();
});

/**
 * Each moves up, or presses; `rows` is by how many rows the list may move at most.
 *
 * @type {{called: string, move: (list: PageList) => Promise<void>, most: number}[]}
 */
const MOVES = [
  { called: "PageUp", move: ({ page }) => page.keyboard.press("PageUp"), most: 60 },
  { called: "ArrowUp", move: ({ page }) => page.keyboard.press("ArrowUp"), most: 3 },
  { called: "k", move: ({ page }) => page.keyboard.press("k"), most: 3 },
  { called: "the space bar", move: ({ page }) => page.keyboard.press("Space"), most: 0 },
  { called: "Home", move: ({ page }) => page.keyboard.press("Home"), most: Number.POSITIVE_INFINITY },
  { called: "g", move: ({ page }) => page.keyboard.press("g"), most: Number.POSITIVE_INFINITY },
];

testInBrowsers("every key upwards has the list stand still", async (t, browser) => {
  const { producer, page, list } = await openLog(t, browser, { script: WATCH_MOVES });
  await producer.log(0, 500);
  await list.shows(499);
  const steady = new Steady(producer, 500, PER_SECOND);
  await list.scroller.focus();
  for (const { called, move, most } of MOVES) {
    await t.test(called, async () => {
      await list.follows();
      await move(list);
      await list.isPaused();
      const rows = await list.atRest();
      const seen = await seenAtMove(list);
      const moved = seen[0] - (rows[0].number ?? Number.NaN);
      assert.ok(moved >= 0 && moved <= most, `from ${seen[0]} to ${rows[0].number}`);
      await list.standsStill(STILL_MS);
      await list.follow();
    });
  }
  await steady.stop();
  page.assertNoComplaints();
});

testInBrowsers("dragging the scroll bar has the list stand still", async (t, browser) => {
  const { producer, page, list } = await openLog(t, browser);
  await producer.log(0, 2_000);
  await list.shows(1_999);
  const steady = new Steady(producer, 2_000, PER_SECOND);
  const { x, y, width, height } = await list.box();
  const barPx = await list.scroller.evaluate((element) => /** @type {any} */ (element).offsetWidth - element.clientWidth);
  assert.ok(barPx > 5, `the scroll bar is ${barPx} px wide`);
  const barX = x + width - barPx / 2;
  await page.page.mouse.move(barX, y + height - barPx - 14);
  await page.page.mouse.down();
  await page.page.mouse.move(barX, y + height / 2, { steps: 8 });
  await page.page.mouse.up();
  await list.isPaused();
  const rows = await list.atRest();
  const { next } = await steady.stop();
  const number = rows[0].number ?? Number.NaN;
  assert.ok(number > 0 && number < next - 100, `${number} of ${next}`);
  await list.standsStill(STILL_MS);
  await list.follow();
  page.assertNoComplaints();
});

testInBrowsers("touching has the list stand still", async (t, browser) => {
  const context = browser.name === "chromium" ? { hasTouch: true } : {};
  const { producer, page, list } = await openLog(t, browser, { script: WATCH_MOVES, context });
  await producer.log(0, 500);
  await list.shows(499);
  const steady = new Steady(producer, 500, PER_SECOND);
  const { x, y, width, height } = await list.box();
  const middle = { x: x + width / 2, y: y + height / 2 };
  if (browser.name === "chromium") {
    const session = await page.page.context().newCDPSession(page.page);
    const touch = (/** @type {string} */ type, /** @type {{x: number, y: number}[]} */ touchPoints) =>
      session.send("Input.dispatchTouchEvent", /** @type {any} */ ({ type, touchPoints }));
    await touch("touchStart", [middle]);
    for (let by = 10; by <= 80; by += 10) await touch("touchMove", [{ ...middle, y: middle.y + by }]);
    await touch("touchEnd", []);
  } else {
    // No finger can be driven in Firefox: these are the events of one, and the page does the same with them.
    await list.scroller.evaluate((element, { x, y }) => {
      const init = { bubbles: true, cancelable: true, pointerType: "touch", clientX: x, clientY: y, isPrimary: true };
      element.dispatchEvent(new PointerEvent("pointerdown", init));
    }, middle);
  }
  await list.isPaused();
  await list.atRest();
  await list.standsStill(STILL_MS);
  await steady.stop();
  page.assertNoComplaints();
});

testInBrowsers("the way back to the newest row: its button, a key, and scrolling to the end", async (t, browser) => {
  const { producer, page, list } = await openLog(t, browser);
  await producer.log(0, 500);
  await list.shows(499);
  await list.scroller.focus();
  const { x, y, width, height } = await list.box();
  await page.page.mouse.move(x + width / 2, y + height / 2);
  let next = 500;
  const more = async () => {
    next += 100;
    await producer.log(next - 100, next);
  };
  await page.page.mouse.wheel(0, -400);
  await list.isPaused();
  await more();
  await eventually("it says how many are new", async () => /\b100\b/.test(await list.resume.innerText()));
  await list.resume.click();
  await list.follows("after a press of its button");
  await list.shows(next - 1);
  // The button is not in the list.
  await page.page.mouse.move(x + width / 2, y + height / 2);

  await page.page.mouse.wheel(0, -400);
  await list.isPaused();
  await more();
  // What is left of a notch, which browsers do smoothly, is one more step upwards.
  await list.atRest();
  await page.page.keyboard.press("End");
  await list.follows("after the key End");
  await list.shows(next - 1);

  await page.page.mouse.wheel(0, -400);
  await list.isPaused();
  await list.atRest();
  // Two notches are not enough to be back by accident.
  for (let turn = 0; turn < 12; turn += 1) {
    await page.page.mouse.wheel(0, 120);
    await sleep(60);
  }
  await list.follows("at the end");
  await more();
  await list.shows(next - 1);
  page.assertNoComplaints();
});

testInBrowsers("what is being read stays when the page drops its age", async (t, browser) => {
  // The blank page before it has no storage.
  const script = `try { localStorage.setItem("logrtc.settings", '{"zone":"utc","maxBytes":4194304}'); } catch {}`;
  const { producer, page, list } = await openLog(t, browser, { script });
  await producer.log(0, 300);
  await list.shows(299);
  await list.scroller.focus();
  await page.page.keyboard.press("Home");
  await list.isPaused();
  const before = await list.atRest();
  assert.equal(before.find(({ number }) => number !== undefined)?.number, 0);
  await sleep(400);
  // Text that does not compress, twice as much as the page may hold.
  for (let sent = 0; sent < 130; sent += 1) {
    const message = randomBytes(48 * 1024).toString("base64");
    await producer.command(`send ${JSON.stringify({ timestamp: new Date().toISOString(), level: "INFO", target: "big", message })}`);
    if (sent % 50 === 49) await producer.flush(20_000);
  }
  const dropped = page.page.locator("#counts .dropped");
  await dropped.waitFor();
  assert.deepEqual(await list.rows(), before);
  await list.standsStill(STILL_MS);
  // They can be opened, too.
  await list.row("entry 5 ").click();
  await page.page.locator(".panel .message").filter({ hasText: "entry 5 " }).waitFor();
  page.assertNoComplaints();
});
