/** Light and dark, as the system wishes. */

import assert from "node:assert/strict";

/**
 * Has a page be light or dark. Playwright tells Firefox nothing of it by WebDriver BiDi: there, the two properties are set that
 * the build makes of `light-dark()`.
 *
 * @param {import("./browser.mjs").Browser} browser
 * @param {import("playwright-core").Page} page
 * @param {"light" | "dark"} scheme
 */
export async function setScheme(browser, page, scheme) {
  if (browser.name === "chromium") {
    await page.emulateMedia({ colorScheme: scheme });
  } else {
    await page.evaluate((isDark) => {
      const { style } = document.documentElement;
      style.setProperty("--lightningcss-light", isDark ? " " : "initial");
      style.setProperty("--lightningcss-dark", isDark ? "initial" : " ");
    }, scheme === "dark");
  }
  const colour = await page.evaluate("getComputedStyle(document.body).backgroundColor");
  const parts = (String(colour).match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
  assert.ok(parts.length === 3 && parts.every((part) => (scheme === "dark" ? part < 60 : part > 200)), `${scheme}: ${colour}`);
}
