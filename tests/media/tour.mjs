/** Twenty seconds of work with the log of `logrtc demo`: the errors, one of them, its trace, and what is logged most. */

import { setTimeout as sleep } from "node:timers/promises";

/** How fast people type. */
const KEY_MS = 70;

/** @param {import("playwright-core").Page} page */
export async function tour(page) {
  const { keyboard } = page;
  const panel = page.locator(".panel");
  await sleep(2_500);
  await keyboard.press("/");
  await keyboard.type("level:warn+", { delay: KEY_MS });
  await sleep(600);
  await keyboard.press("Escape");
  await sleep(1_500);
  await keyboard.press("k");
  await keyboard.press("Enter");
  await panel.locator(".tree").first().waitFor();
  await sleep(1_800);
  await keyboard.press("k");
  await sleep(900);
  await panel.getByRole("button", { name: "Trace", exact: true }).click();
  await panel.locator(".bar-line").first().waitFor();
  await sleep(2_500);
  await keyboard.press("Escape");
  await sleep(700);
  await panel.getByRole("button", { name: "In context" }).click();
  await sleep(2_000);
  await keyboard.press("Escape");
  await page.getByRole("button", { name: "facets" }).click();
  await page.getByRole("tab", { name: "Patterns" }).click();
  await page.locator(".side .pattern").first().waitFor();
  await sleep(2_200);
  await page.locator(".side").getByRole("button", { name: "Close" }).click();
  await keyboard.press("Shift+G");
  await sleep(2_500);
}
