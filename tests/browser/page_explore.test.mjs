/** Facets, patterns, the histogram and the clock of the page: each narrows or places what is shown. */

import assert from "node:assert/strict";
import { eventually } from "../lib/deadline.mjs";
import { PageQuery } from "../lib/page_query.mjs";
import { openLog } from "./page_setup.mjs";
import { testInBrowsers } from "./setup.mjs";

const COUNT = 120;
/** The first of a minute; an entry a second. */
const START = Date.UTC(2026, 0, 31, 12);

/** @param {number} number */
function entryOf(number) {
  return {
    timestamp: new Date(START + number * 1_000).toISOString(),
    level: number % 40 === 39 ? "ERROR" : "INFO",
    target: number % 3 === 0 ? "shop::db::pool" : number % 3 === 1 ? "shop::db" : "shop::http",
    message: number % 4 === 0 ? `entry ${number} job 0x${(number + 4096).toString(16)} failed` : `entry ${number} served in ${number} ms`,
    fields: { region: ["north", "south", "east"][number % 3], number },
  };
}

/** @param {import("node:test").TestContext} t @param {import("../lib/browser.mjs").Browser} browser */
async function openExplored(t, browser) {
  const log = await openLog(t, browser);
  for (let number = 0; number < COUNT; number += 1) {
    await log.producer.command(`send ${JSON.stringify(entryOf(number))}`);
  }
  await log.list.shows(COUNT - 1);
  return { ...log, query: new PageQuery(log.list) };
}

testInBrowsers("targets, fields and patterns are counted, and a click narrows the list to one", async (t, browser) => {
  const { page, query } = await openExplored(t, browser);
  await page.page.getByRole("button", { name: "facets" }).click();
  const side = page.page.locator(".side");
  const db = side.getByTitle("Show only: shop::db*", { exact: true });
  await eventually("it is counted", async () => /80/.test(await db.innerText()));
  await db.click();
  assert.equal(await query.field.inputValue(), "target:shop::db*");
  await eventually("its entries are shown", async () => (await query.counts())[0] === 80);
  await side.getByRole("button", { name: "Show also: shop::http" }).click();
  assert.equal(await query.field.inputValue(), "(target:shop::db* or target:shop::http)");
  await eventually("all are shown", async () => (await query.counts())[0] === COUNT);
  await query.write("");

  await side.getByRole("tab", { name: "Fields" }).click();
  const south = side.locator(".facet-only").filter({ hasText: "south" });
  await eventually("values are counted", async () => /40/.test(await south.innerText()));
  await south.click();
  assert.equal(await query.field.inputValue(), "region:south");
  await eventually("its entries are shown", async () => (await query.counts())[0] === 40);
  await side.getByRole("button", { name: "Leave out: region south" }).click();
  await eventually("it is turned round", async () => (await query.counts())[0] === 80);
  assert.equal(await query.field.inputValue(), "-region:south");
  await query.write("");
  // A second value beside the first one, by a button, and a third one by a click with Ctrl.
  await eventually("all values are there", async () => (await side.locator(".facet-only").filter({ hasText: /north|south|east/ }).count()) === 3);
  await south.click();
  await side.getByRole("button", { name: "Show also: region north" }).click();
  assert.equal(await query.field.inputValue(), "(region:south or region:north)");
  await eventually("both are shown", async () => (await query.counts())[0] === 80);
  await side.locator(".facet-only").filter({ hasText: "east" }).click({ modifiers: ["Control"] });
  assert.equal(await query.field.inputValue(), "(region:south or region:north or region:east)");
  await query.write("");
  // Nothing is to be grouped by the number: one line, below the others.
  const number = side.locator(".field-facet").last();
  await eventually("it is in one line", async () => /^number\s*120 distinct values$/.test((await number.innerText()).trim()));

  await side.getByRole("tab", { name: "Patterns" }).click();
  const patterns = side.locator(".pattern");
  await eventually("there are two patterns", async () => (await patterns.count()) === 2);
  // In little room the buttons stay side by side.
  await side.evaluate((element) => {
    element.style.width = "180px";
  });
  const tops = await side.locator(".pattern-tools button").evaluateAll((buttons) => buttons.map((button) => button.getBoundingClientRect().top));
  assert.deepEqual([tops[0] === tops[1], tops[2] === tops[3]], [true, true], `${tops}`);
  const failed = patterns.filter({ hasText: "failed" });
  assert.match(await failed.locator(".pattern-template").innerText(), /^entry ‹.*› job ‹.*› failed$/);
  assert.equal(await failed.locator(".facet-count").innerText(), "30");
  await failed.hover();
  await failed.getByRole("button", { name: "Show only these" }).click();
  await eventually("it is asked for", async () => /^pattern:[0-9a-f]+$/.test(await query.field.inputValue()));
  await eventually("its entries are shown", async () => (await query.counts())[0] === 30);
  page.assertNoComplaints();
});

testInBrowsers("a drag over the histogram shows that time alone, and a click goes there", async (t, browser) => {
  const { page, list, query } = await openExplored(t, browser);
  const bars = page.page.locator(".histogram-bars");
  await eventually("it is drawn", async () => ((await bars.locator("path.info").getAttribute("d")) ?? "").length > 100);
  await eventually("all are counted", async () => /120 entries .* 3 error/.test((await bars.getAttribute("aria-label")) ?? ""));
  const box = await bars.boundingBox();
  assert.ok(box);
  const y = box.y + 20;
  // A click: that time comes into sight, and the list stands still.
  await page.page.mouse.click(box.x + box.width * 0.25, y);
  await list.isPaused();
  await eventually("it is there", async () => {
    const numbers = await list.numbers();
    return numbers.includes(30) && !numbers.includes(COUNT - 1);
  });
  await page.page.mouse.move(box.x + box.width * 0.5, y);
  await page.page.mouse.down();
  await page.page.mouse.move(box.x + box.width * 0.75, y, { steps: 5 });
  await page.page.mouse.up();
  await eventually("less is shown", async () => /shown of/.test(await page.page.locator("#counts .held").innerText()));
  await eventually("a quarter is shown", async () => Math.abs((await query.counts())[0] - 30) < 8);
  const url = () => new URL(page.page.url()).searchParams;
  await eventually("it is in the address", () => url().has("from") && url().has("to"));
  const [from, to] = ["from", "to"].map((name) => (Date.parse(url().get(name) ?? "") - START) / 1_000);
  assert.ok(from > 50 && from < 70 && to > 80 && to < 100, `${from} to ${to}`);
  const numbers = (await list.numbers()).filter((number) => number !== undefined);
  assert.ok(numbers.every((number) => number >= from - 1 && number < to), `${numbers}`);
  const clear = page.page.locator(".histogram").getByRole("button", { name: /✕/ });
  const label = await clear.boundingBox();
  assert.ok(label);
  await eventually("its label covers no other", async () => {
    const ticks = await page.page.locator(".histogram-tick").evaluateAll((all) => all.map((tick) => tick.getBoundingClientRect().toJSON()));
    return ticks.length > 0 && ticks.every(({ left, right }) => right < label.x || left > label.x + label.width);
  });
  await clear.click();
  await eventually("all is shown", async () => /^120 entries held/.test(await page.page.locator("#counts").innerText()));

  // By the keyboard.
  await bars.focus();
  await page.page.keyboard.press("Home");
  await page.page.keyboard.press("Shift+PageDown");
  await page.page.keyboard.press("Enter");
  await eventually("less is shown", async () => /shown of/.test(await page.page.locator("#counts .held").innerText()));
  await page.page.keyboard.press("Escape");
  await eventually("all is shown", async () => /^120 entries held/.test(await page.page.locator("#counts").innerText()));
  page.assertNoComplaints();
});

testInBrowsers("times are local, UTC or ages, days are said, and the page keeps which", async (t, browser) => {
  // Five hours and three quarters before UTC.
  const context = { timezoneId: "Asia/Kathmandu" };
  const { producer, page, list } = await openLog(t, browser, { context });
  const times = ["2026-01-31T18:10:00.001Z", "2026-01-31T18:20:00.002Z", "2026-02-01T00:30:00.003Z"];
  for (const [number, timestamp] of times.entries()) {
    const entry = { timestamp, level: "INFO", target: "t", message: `entry ${number} .` };
    await producer.command(`send ${JSON.stringify(entry)}`);
  }
  await list.shows(2);
  const shown = async () => {
    const rows = list.rowsElement.locator(".row:not(.live)");
    return await rows.evaluateAll((all) =>
      all.map((row) => [row.querySelector(".time")?.textContent, row.getAttribute("data-day")]),
    );
  };
  const becomes = async (/** @type {(string | null)[][]} */ expected) => {
    await eventually(`times are ${expected}`, async () => JSON.stringify(await shown()) === JSON.stringify(expected), 5_000).catch(
      async (error) => assert.deepEqual(await shown(), expected, error.message),
    );
  };
  const choose = async (/** @type {string} */ zone) => {
    await page.page.getByRole("button", { name: "Settings" }).click();
    await page.page.getByRole("radio", { name: zone, exact: true }).check();
    await page.page.keyboard.press("Escape");
  };
  await becomes([
    ["23:55:00.001", "2026-01-31"],
    ["00:05:00.002", "2026-02-01"],
    ["06:15:00.003", null],
  ]);
  await choose("UTC");
  const utc = [
    ["18:10:00.001", "2026-01-31"],
    ["18:20:00.002", null],
    ["00:30:00.003", "2026-02-01"],
  ];
  await becomes(utc);
  await page.page.reload();
  await list.shows(2);
  await becomes(utc);
  await choose("age");
  await eventually("ages are shown", async () => (await shown()).every(([time]) => /^-\d+ d \d\d h$/.test(time ?? "")));
  page.assertNoComplaints();
});
