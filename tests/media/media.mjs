/**
 * Makes the pictures of the README from the real page, with the log of `logrtc demo`: docs/page.png, docs/page-dark.png and the
 * recording docs/page.webp.
 */

import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Browser } from "../lib/browser.mjs";
import { Server } from "../lib/server.mjs";
import { recordUse } from "./recording.mjs";
import { tour } from "./tour.mjs";

const DOCS = fileURLToPath(new URL("../../docs/", import.meta.url));
/** The log fills the list first. */
const FILL_MS = 20_000;

const server = await Server.start(0, "demo");
const browser = await Browser.start("chromium");
try {
  for (const [name, colorScheme] of /** @type {const} */ ([["page.png", "light"], ["page-dark.png", "dark"]])) {
    const page = await browser.blank();
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 1280, height: 720 });
    await page.goto(server.url);
    await sleep(FILL_MS);
    if (colorScheme === "light") {
      await page.keyboard.press("N");
      await page.keyboard.press("Enter");
      await page.locator(".panel").waitFor();
      await sleep(500);
    }
    await page.screenshot({ path: join(DOCS, name) });
    await page.close();
    console.log(`docs/${name}`);
  }
  const page = await browser.blank();
  await page.setViewportSize({ width: 1280, height: 720 });
  await page.goto(server.url);
  await sleep(FILL_MS);
  console.log("recording …");
  await recordUse(page, join(DOCS, "page.webp"), () => tour(page));
  console.log("docs/page.webp");
} finally {
  await browser.close();
  await server.kill();
}
