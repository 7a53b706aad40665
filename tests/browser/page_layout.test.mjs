/** Nothing covers or moves a row, and what is open closes by Back and by one Escape. */

import assert from "node:assert/strict";
import { eventually } from "../lib/deadline.mjs";
import { PageQuery } from "../lib/page_query.mjs";
import { openLog } from "./page_setup.mjs";
import { testInBrowsers } from "./setup.mjs";

/** @param {import("playwright-core").Locator} element */
async function boxOf(element) {
  const box = await element.boundingBox();
  assert.ok(box, "it is in sight");
  return box;
}

/**
 * A page with 100 entries, behind which there is another one to go back to.
 *
 * @param {import("node:test").TestContext} t
 * @param {import("../lib/browser.mjs").Browser} browser
 */
async function openBehindAnother(t, browser) {
  const { producer, page, list } = await openLog(t, browser);
  const address = page.page.url();
  await page.page.goto("about:blank");
  await page.page.goto(address);
  await producer.log(0, 100);
  await list.shows(99);
  return { page, list, query: new PageQuery(list), panel: page.page.locator(".panel"), back: () => page.goBack() };
}

testInBrowsers("the panel's edge is moved by pointer and keyboard, and is kept; no row is covered or moved", async (t, browser) => {
  const { producer, page, list } = await openLog(t, browser);
  await producer.log(0, 200);
  await list.shows(199);
  const tops = async () => (await list.rows()).map(({ top }) => top);
  const before = await tops();
  await page.page.getByRole("button", { name: "WARN", exact: true }).click();
  const source = page.page.getByRole("button", { name: "at the source" });
  await source.click();
  const note = page.page.getByRole("note");
  await note.getByText("WARN+").waitFor();
  assert.deepEqual(await tops(), before, "the note of the filter moves nothing");
  await source.click();
  await page.page.getByRole("button", { name: "WARN", exact: true }).click();
  await eventually("all rows are back", async () => (await list.numbers()).includes(198));
  await list.scroller.focus();
  await page.page.keyboard.press("k");
  await list.isPaused();
  assert.deepEqual(await tops(), before, "nor does the way back to the newest row");
  const [resume, scroller] = await Promise.all([boxOf(list.resume), list.box()]);
  assert.ok(resume.y >= scroller.y + scroller.height, "which covers no row");

  await page.page.keyboard.press("Enter");
  const panel = page.page.locator(".panel");
  const edge = page.page.getByRole("separator", { name: "Width of the panel" });
  await edge.waitFor();
  const widthOf = async () => Math.round((await boxOf(panel)).width);
  const box = await boxOf(edge);
  const [x, y] = [Math.round(box.x + box.width / 2), Math.round(box.y + 100)];
  await page.page.mouse.move(x, y);
  await page.page.mouse.down();
  await page.page.mouse.move(x + 120, y, { steps: 4 });
  await page.page.mouse.move(700, y, { steps: 2 });
  await page.page.mouse.up();
  await eventually("it is as wide as it was dragged", async () => Math.abs((await widthOf()) - 580) < 8);
  await edge.focus();
  await page.page.keyboard.press("PageDown");
  await page.page.keyboard.press("ArrowRight");
  await eventually("it is narrower by a tenth and a step", async () => Math.abs((await widthOf()) - 426) < 8);
  assert.equal(await edge.getAttribute("aria-valuenow"), "33");
  await page.page.reload();
  await list.shows(199);
  await list.scroller.focus();
  await page.page.keyboard.press("k");
  await page.page.keyboard.press("Enter");
  await eventually("it is kept", async () => Math.abs((await widthOf()) - 426) < 8);
  page.assertNoComplaints();
});

testInBrowsers("Back closes what is open, and the query stays", async (t, browser) => {
  const { page, list, query, panel, back } = await openBehindAnother(t, browser);
  await page.page.keyboard.press("k");
  await page.page.keyboard.press("Enter");
  await panel.getByRole("button", { name: "Trace", exact: true }).click();
  await panel.getByRole("heading", { name: "Trace" }).waitFor();
  // The address changes behind what is open.
  await query.write("level:error");
  await eventually("it is in the address", () => new URL(page.page.url()).searchParams.get("query") === "level:error");
  await back();
  await panel.getByRole("heading", { name: "Entry" }).waitFor();
  await back();
  await eventually("the panel is closed", async () => (await panel.count()) === 0);
  assert.equal(await query.field.inputValue(), "level:error");
  assert.equal(new URL(page.page.url()).searchParams.get("query"), "level:error");
  // One that was closed otherwise takes no press: the next one leaves the page.
  await list.scroller.focus();
  await page.page.keyboard.press("k");
  await page.page.keyboard.press("Enter");
  await panel.waitFor();
  await page.page.keyboard.press("Escape");
  await eventually("the panel is closed", async () => (await panel.count()) === 0);
  await back();
  await eventually("the page is left", async () => (await page.location()) === "about:blank");
  page.assertNoComplaints();
});

testInBrowsers("Back undoes one click on a filter after the other, and what is typed is in the address before it is left", async (t, browser) => {
  const { page, list, query, panel, back } = await openBehindAnother(t, browser);
  /** @param {string} text @param {boolean} [hasRange] */
  const isQuery = async (text, hasRange = false) => {
    await eventually(`the query is ${text}`, async () => (await query.field.inputValue()) === text);
    await eventually("it is in the address", () => {
      const { searchParams } = new URL(page.page.url());
      return (searchParams.get("query") ?? "") === text && searchParams.has("from") === hasRange;
    });
  };
  await query.write("entry");
  await page.page.getByRole("button", { name: "WARN", exact: true }).click();
  await isQuery("level:warn+ entry");
  await page.page.getByRole("button", { name: "facets" }).click();
  await page.page.locator(".side").getByTitle("Show only: test::numbers", { exact: true }).click();
  await isQuery("level:warn+ entry target:test::numbers");
  await query.write("level:warn+ target:test::numbers");
  await page.page.locator(".histogram-bars").focus();
  for (const key of ["End", "Shift+ArrowLeft", "Enter"]) await page.page.keyboard.press(key);
  await isQuery("level:warn+ target:test::numbers", true);
  await list.scroller.focus();
  await page.page.keyboard.press("k");
  await page.page.keyboard.press("Enter");
  const member = panel.locator(".member").filter({ hasText: "odd" });
  await member.hover();
  await member.getByRole("button", { name: "Show only entries with this value" }).click();
  await eventually("a value is a term", async () => /odd:/.test(await query.field.inputValue()));
  const all = await query.field.inputValue();
  await back();
  await eventually("the panel is closed", async () => (await panel.count()) === 0);
  await isQuery(all, true);
  await back();
  await isQuery("level:warn+ target:test::numbers", true);
  await back();
  await isQuery("level:warn+ target:test::numbers");
  await back();
  await isQuery("level:warn+ entry");
  await page.page.evaluate("history.forward()");
  await isQuery("level:warn+ target:test::numbers");
  await back();
  await back();
  await isQuery("entry");
  // As soon as a hand can do it.
  await query.field.fill("number:7");
  await page.page.evaluate("new Promise((resolve) => setTimeout(resolve, 50))");
  await page.page.reload();
  await list.shows(7);
  await isQuery("number:7");
  await back();
  await eventually("the page is left", async () => (await page.location()) === "about:blank");
  page.assertNoComplaints();
});

testInBrowsers("on a phone, filter, facets and panel are sheets that Back closes", async (t, browser) => {
  const { producer, page, list } = await openLog(t, browser, { context: { viewport: { width: 360, height: 740 } } });
  await producer.log(0, 200);
  await list.shows(199);
  const heights = new Set((await list.rows()).map(({ height }) => height));
  assert.deepEqual([...heights], [44], "a row has two lines");
  const back = () => page.goBack();
  const query = page.page.getByRole("combobox", { name: "Query" });
  const side = page.page.locator(".side");
  const panel = page.page.locator(".panel");
  assert.equal(await query.isVisible(), false);
  await page.page.getByRole("button", { name: "filter" }).click();
  await query.waitFor();
  await page.page.getByRole("button", { name: "facets" }).click();
  await side.waitFor();
  const sheet = await boxOf(side);
  assert.deepEqual([sheet.x, sheet.width], [0, 360]);
  await back();
  await side.waitFor({ state: "detached" });
  await query.waitFor();
  await back();
  await eventually("the filter is closed", async () => !(await query.isVisible()));
  // As a finger does it: the driver's own click scrolls the list first.
  const row = await boxOf(list.rowsElement.locator("[role=row]").nth(-2));
  await page.page.mouse.click(row.x + row.width / 2, row.y + row.height / 2);
  await panel.locator(".tree").first().waitFor();
  const opened = await boxOf(page.page.locator(".panel-slot"));
  assert.deepEqual([opened.x, opened.width], [0, 360]);
  assert.equal(await page.page.getByRole("separator").isVisible(), false);
  await eventually("the row that is read is above the sheet", async () => {
    const { y, height } = await boxOf(list.rowsElement.locator(".selected"));
    return y + height <= opened.y + 1;
  });
  const [resume, scroller] = await Promise.all([boxOf(list.resume), list.box()]);
  assert.ok(resume.y >= scroller.y + scroller.height, "the way back covers no row");
  await back();
  await eventually("the panel is closed", async () => (await panel.count()) === 0);
  const wide = await page.page.evaluate("document.documentElement.scrollWidth");
  assert.equal(wide, 360, "nothing sticks out");
  page.assertNoComplaints();
});
