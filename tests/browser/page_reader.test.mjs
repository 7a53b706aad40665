/** Whoever reads the page, and however: away from it, by the keyboard alone, in the dark, in Chinese. */

import assert from "node:assert/strict";
import { eventually } from "../lib/deadline.mjs";
import { PageQuery } from "../lib/page_query.mjs";
import { setScheme } from "../lib/scheme.mjs";
import { openLog } from "./page_setup.mjs";
import { testInBrowsers } from "./setup.mjs";

/** @typedef {import("playwright-core").Page} Page */

/** In the page, before its own scripts: no browser that is driven hides a page of its own. */
const HIDE = `
globalThis.hide = (isHidden) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => isHidden });
  document.dispatchEvent(new Event("visibilitychange"));
};
`;

testInBrowsers("the title counts the errors that come while nobody looks", async (t, browser) => {
  const { producer, page, list } = await openLog(t, browser, { script: HIDE });
  await producer.log(0, 40);
  await list.shows(39);
  const title = await page.page.title();
  await page.page.evaluate("hide(true)");
  await producer.log(40, 80);
  await page.hasTitle(`(10) ${title}`);
  await producer.log(80, 84);
  await page.hasTitle(`(11) ${title}`);
  await page.page.evaluate("hide(false)");
  await page.hasTitle(title);
  page.assertNoComplaints();
});

/** So long the page waits for the rest of a word. */
const HALF_WORD_MS = 400;

/**
 * Goes from control to control until one is called so: forwards, or backwards by `Shift+Tab`. Not beyond the last one: there,
 * Firefox has its own controls, and what its driver presses then has no effect.
 *
 * @param {Page} page
 * @param {RegExp} name
 * @param {"Tab" | "Shift+Tab"} [key]
 */
async function tabTo(page, name, key = "Tab") {
  /** @type {string[]} */
  const passed = [];
  for (let step = 0; step < 90; step += 1) {
    await page.keyboard.press(key);
    /** @type {string} */
    const found = await page.evaluate(() => {
      const { activeElement: element } = document;
      const label = element?.getAttribute("aria-label") ?? element?.getAttribute("title") ?? element?.textContent ?? "";
      return `${element?.getAttribute("role") ?? element?.tagName.toLowerCase()} ${label.trim()}`;
    });
    if (name.test(found)) return;
    passed.push(found.slice(0, 40));
  }
  assert.fail(`${name} is not among ${passed.join(" | ")}`);
}

testInBrowsers("every task is done by the keyboard alone", async (t, browser) => {
  const { producer, page, list } = await openLog(t, browser);
  const { keyboard } = page.page;
  // As a hand does it.
  const pressEnter = () => keyboard.press("Enter", { delay: 90 });
  await producer.log(0, 120);
  await list.shows(119);
  const query = new PageQuery(list);
  const panel = page.page.locator(".panel");
  const becomes = (/** @type {string} */ text) =>
    eventually(`the query is ${text}`, async () => (await query.field.inputValue()) === text, 10_000).catch(async (error) => {
      const focus = await page.page.evaluate("document.activeElement.outerHTML.slice(0, 300)");
      throw new Error(`${error.message}; it is ${await query.field.inputValue()} at ${page.page.url()}, and the focus is at ${focus}`);
    });

  // The query, and out of it by one press.
  await keyboard.press("/");
  const typedInTime = await eventually("half a word is looked at within the time that it stands", async () => {
    const startedMs = performance.now();
    await keyboard.type("lev");
    const numbers = await list.numbers();
    if (performance.now() - startedMs < HALF_WORD_MS) return numbers;
    for (let letter = 0; letter < 3; letter += 1) await keyboard.press("Backspace");
    await list.shows(118);
    return undefined;
  });
  assert.ok(typedInTime.includes(118), "half a word leaves the list as it is");
  await keyboard.type("el:error");
  await keyboard.press("Escape");
  assert.equal(await query.field.evaluate((field) => field === document.activeElement), false);
  await eventually("errors alone", async () => (await list.numbers()).every((number) => number === undefined || number % 4 === 3));
  // A row, a value of it as a term, and a column.
  await keyboard.press("k");
  await pressEnter();
  await panel.locator(".tree").first().waitFor();
  await tabTo(page.page, /^button Show only entries with this value/);
  await pressEnter();
  await becomes("level:error number:119");
  await tabTo(page.page, /^button Show as a column/);
  await pressEnter();
  await page.page.locator(".list-header .column").first().waitFor();
  await keyboard.press("Escape");
  await eventually("the panel is closed", async () => (await panel.count()) === 0);
  await eventually("the list has the focus again", () => list.scroller.evaluate((scroller) => scroller.contains(document.activeElement)));
  await keyboard.press("/");
  await tabTo(page.page, /^button Clear the query/);
  await pressEnter();
  await becomes("");
  await keyboard.press("Escape");
  // Facets.
  await keyboard.press("/");
  await tabTo(page.page, /^button Targets, fields/, "Shift+Tab");
  await pressEnter();
  await tabTo(page.page, /^tab Targets/);
  await keyboard.press("ArrowRight");
  // Before it is there, the way goes past it, and beyond the last control.
  await page.page.getByTitle("Show only: odd true").waitFor();
  await tabTo(page.page, /^button Show only: odd true/);
  await pressEnter();
  await becomes("odd:true");
  await keyboard.press("Escape");
  // A menu with a producer to mute, and the settings.
  await keyboard.press("/");
  await tabTo(page.page, /^button Producers:/, "Shift+Tab");
  await pressEnter();
  await tabTo(page.page, /^input/);
  await keyboard.press("Space");
  await eventually("it is muted", () => new URL(page.page.url()).searchParams.has("mute"));
  await keyboard.press("Space");
  await keyboard.press("Escape");
  await keyboard.press("/");
  await tabTo(page.page, /^button Settings/, "Shift+Tab");
  await pressEnter();
  await tabTo(page.page, /^input/);
  await keyboard.press("ArrowRight");
  await page.page.locator(".list-header .time").getByText("time UTC").waitFor();
  await keyboard.press("Escape");
  // The files.
  await keyboard.press("/");
  await tabTo(page.page, /^button Download entries/);
  await pressEnter();
  const item = page.page.getByRole("menuitem").first();
  await eventually("the first item has the focus", () => item.evaluate((element) => element === document.activeElement));
  await keyboard.press("Escape");
  // Everything is forgotten, at the second press.
  await tabTo(page.page, /^button Forget all entries/);
  await pressEnter();
  await pressEnter();
  await eventually("nothing is left", async () => (await page.count()) === 0);
  await keyboard.press("?");
  await page.page.getByRole("dialog").waitFor();
  await keyboard.press("Escape");
  await eventually("the help is closed", async () => (await page.page.getByRole("dialog").count()) === 0);
  page.assertNoComplaints();
});

testInBrowsers("the page is dark or light, still, and Chinese, as the browser is", async (t, browser) => {
  const { producer, page, list } = await openLog(t, browser, { context: { locale: "zh-CN" } });
  await page.page.getByRole("heading", { name: "等待第一条日志" }).waitFor();
  if (browser.name === "chromium") {
    // Playwright tells Firefox nothing of it by WebDriver BiDi.
    const animation = () => page.page.locator(".pulse").evaluate((pulse) => getComputedStyle(pulse).animationName);
    assert.equal(await animation(), "pulse");
    await page.page.emulateMedia({ reducedMotion: "reduce" });
    assert.equal(await animation(), "none");
  }
  await producer.log(0, 40);
  await list.shows(39);
  await setScheme(browser, page.page, "dark");
  await setScheme(browser, page.page, "light");
  await list.row("entry 38 ").click({ position: { x: 300, y: 10 } });
  await page.page.locator(".panel").getByRole("heading", { name: "消息" }).waitFor();
  const english = /\b(?:entries|shown|held|since|filter|pause|follow|facets|message|Fields)\b/;
  const shown = await page.page.locator("header, .query-row, .list-header, .panel, footer").allInnerTexts();
  for (const text of shown) {
    assert.doesNotMatch(text.replaceAll(/entry \d+ .*/g, ""), english);
  }
  page.assertNoComplaints();
});
