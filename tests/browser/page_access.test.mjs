/** The page for everybody: axe finds nothing serious, and everything is done by the keyboard alone. */

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { eventually } from "../lib/deadline.mjs";
import { setScheme } from "../lib/scheme.mjs";
import { openLog } from "./page_setup.mjs";
import { testInBrowsers } from "./setup.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/**
 * What axe finds that keeps somebody out.
 *
 * @param {import("playwright-core").Page} page
 * @returns {Promise<string[]>}
 */
async function seriousFaults(page) {
  return await page.evaluate(`
    axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
      violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, help, nodes }) => id + ": " + help + "\\n" + nodes.slice(0, 4)
          .map(({ html, failureSummary }) => html.slice(0, 200) + "\\n" + failureSummary).join("\\n")))`);
}

for (const width of [1_280, 360]) {
  testInBrowsers(`axe finds nothing serious, at ${width} px, in light and dark`, async (t, browser) => {
    const { producer, page, list } = await openLog(t, browser, { context: { viewport: { width, height: 760 } } });
    await page.page.evaluate(AXE);
    if (width < 700) {
      // What narrows the list is a sheet here.
      await page.page.locator(".filter-switch").click();
    }
    assert.deepEqual(await seriousFaults(page.page), [], "before the first entry");
    await producer.log(0, 200);
    await list.shows(199);
    /** @type {{called: string, open: () => Promise<void>, close: () => Promise<void>}[]} */
    const views = [
      { called: "the list", open: async () => {}, close: async () => {} },
      {
        called: "the panel",
        open: async () => {
          await list.row("entry 198 ").click({ position: { x: 60, y: 10 } });
          await page.page.locator(".panel .tree").first().waitFor();
        },
        close: () => page.page.keyboard.press("Escape"),
      },
      {
        called: "a wrong query",
        open: async () => {
          await page.page.getByRole("combobox", { name: "Query" }).fill("level:loud");
          await page.page.locator("#query-wrong").waitFor();
        },
        close: async () => {
          const query = page.page.getByRole("combobox", { name: "Query" });
          await query.fill("");
          await query.press("Escape");
        },
      },
      ...["Targets", "Fields", "Patterns"].map((tab) => ({
        called: tab,
        open: async () => {
          await page.page.getByRole("button", { name: "facets" }).click();
          await page.page.getByRole("tab", { name: tab }).click();
          await page.page.locator(".side .facet, .side .fold, .side .pattern").first().waitFor();
        },
        close: () => page.page.locator(".side").getByRole("button", { name: "Close" }).click(),
      })),
      {
        called: "the settings",
        open: () => page.page.getByRole("button", { name: "Settings" }).click(),
        close: () => page.page.keyboard.press("Escape"),
      },
      {
        called: "the help",
        open: () => page.page.getByRole("button", { name: /^Help/ }).click(),
        close: () => page.page.keyboard.press("Escape"),
      },
    ];
    for (const { called, open, close } of views) {
      await open();
      for (const scheme of /** @type {const} */ (["light", "dark"])) {
        await setScheme(browser, page.page, scheme);
        assert.deepEqual(await seriousFaults(page.page), [], `${called}, ${scheme}`);
      }
      await close();
    }
    const wide = await page.page.evaluate("document.documentElement.scrollWidth");
    assert.ok(wide <= width, `nothing sticks out: ${wide}`);
    page.assertNoComplaints();
  });
}

testInBrowsers("the order of the rows is what a screen reader reads and what is seen", async (t, browser) => {
  const { producer, page, list } = await openLog(t, browser);
  await producer.log(0, 300);
  await list.shows(299);
  const grid = page.page.getByRole("grid", { name: "Log entries" });
  await eventually("all are counted", async () => Number(await grid.getAttribute("aria-rowcount")) >= 300);
  for (const move of ["", "PageUp", "PageUp", "Home", "PageDown"]) {
    if (move !== "") await page.page.keyboard.press(move);
    const rows = await list.atRest();
    const tops = rows.map(({ top }) => top);
    assert.deepEqual(tops, tops.toSorted((a, b) => a - b), "as in the document");
    const numbers = rows.flatMap(({ number }) => (number === undefined ? [] : [number]));
    assert.ok(numbers.every((number, index) => index === 0 || number === numbers[index - 1] + 1), `${numbers}`);
    const indices = await list.rowsElement.locator("[role=row]").evaluateAll((all) => all.map((row) => Number(row.getAttribute("aria-rowindex"))));
    assert.ok(indices.every((number, index) => index === 0 || number === indices[index - 1] + 1), `${indices}`);
  }
  // Nothing chatters while entries come.
  const live = await page.page.locator("#scroller [aria-live], #scroller [role=status], #scroller [role=log]").count();
  assert.equal(live, 0);
  page.assertNoComplaints();
});

testInBrowsers("every control is reached by the keyboard, and is seen to have the focus", async (t, browser) => {
  const { producer, page, list } = await openLog(t, browser);
  await producer.log(0, 100);
  await list.shows(99);
  await page.page.bringToFront();
  await page.page.keyboard.press("k");
  await page.page.keyboard.press("Enter");
  await page.page.locator(".panel .tree").first().waitFor();
  /** @type {Set<string>} */
  const reached = new Set();
  /** @type {string[]} */
  const unseen = [];
  for (let step = 0; step < 120; step += 1) {
    await page.page.keyboard.press("Tab");
    const focus = await page.page.evaluate(() => {
      const element = document.activeElement;
      if (element === null || element === document.body) return undefined;
      const name = element.getAttribute("aria-label") ?? element.getAttribute("title") ?? element.textContent ?? "";
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
      const isOutlined = outlineStyle !== "none" && Number.parseFloat(outlineWidth) > 0;
      // The list draws its own.
      const isSeen = isOutlined || boxShadow !== "none" || element.id === "scroller" || element.matches("input");
      return { name: name.trim().slice(0, 60), role: element.getAttribute("role") ?? element.tagName, isSeen };
    });
    if (focus === undefined) continue;
    const key = `${focus.role} ${focus.name}`;
    // Once round: behind the last one lies the browser itself.
    if (step > 5 && reached.has(key) && key === [...reached][0]) break;
    if (!focus.isSeen) unseen.push(key);
    reached.add(key);
  }
  assert.deepEqual([...new Set(unseen)], []);
  for (const name of [/pause|follow/, /Settings/, /Help/, /WARN/, /Query/, /Producers send only/, /Download entries/, /Entries over time/, /^grid|row/, /Close \(Escape\)/, /Copy the value/]) {
    assert.ok([...reached].some((key) => name.test(key)), `${name} in ${[...reached].join(", ")}`);
  }
  // Behind the last control, keys are for the list again. Firefox then draws no focus: its window has it.
  await page.page.keyboard.press("Escape");
  await page.page.locator(".panel").waitFor({ state: "detached" });
  let isBehind = false;
  for (let step = 0; step < 60 && !isBehind; step += 1) {
    await page.page.keyboard.press("Tab");
    isBehind = await page.page.evaluate(() => document.activeElement === document.body);
  }
  assert.ok(isBehind);
  await page.page.keyboard.press("Space");
  await list.follows();
  await page.page.keyboard.press("Enter");
  await page.page.locator(".panel .tree").first().waitFor();
  await list.isPaused();
  page.assertNoComplaints();
});
