/**
 * Makes the pictures of the README from the real page, with the log of `logrtc demo`: docs/page.png, docs/page-dark.png and
 * the recording docs/page.gif, whose frames are those of Chromium's own screencast. ImageMagick joins them.
 */

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Browser } from "../lib/browser.mjs";
import { Server } from "../lib/server.mjs";

const DOCS = fileURLToPath(new URL("../../docs/", import.meta.url));
const SIZE = { width: 1120, height: 640 };
/** The log fills the list before the recording begins. */
const FILL_MS = 20_000;
const FRAMES_PER_SECOND = 6;

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {{jpeg: Buffer, ms: number}} Frame */

/** What a reader does, in twenty seconds. @param {Page} page */
async function read(page) {
  const list = page.locator("#scroller");
  await sleep(3_500);
  await list.hover();
  await page.mouse.wheel(0, -120);
  await sleep(1_500);
  await page.mouse.wheel(0, -240);
  await sleep(1_000);
  await page.keyboard.press("N");
  await page.keyboard.press("Enter");
  await sleep(2_500);
  await page.getByRole("button", { name: "Trace" }).click();
  await sleep(2_500);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await page.keyboard.press("/");
  await page.keyboard.type("level:warn+ duration_ms>500", { delay: 90 });
  await sleep(2_000);
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.press("Backspace");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await page.keyboard.press("G");
  await sleep(2_000);
}

/** Records while `act` runs. @param {Page} page @param {() => Promise<void>} act @returns {Promise<Frame[]>} */
async function record(page, act) {
  const session = await page.context().newCDPSession(page);
  /** @type {Frame[]} */
  const frames = [];
  session.on("Page.screencastFrame", ({ data, sessionId, metadata }) => {
    frames.push({ jpeg: Buffer.from(data, "base64"), ms: (metadata.timestamp ?? 0) * 1000 });
    void session.send("Page.screencastFrameAck", { sessionId });
  });
  await session.send("Page.startScreencast", { format: "jpeg", quality: 90, everyNthFrame: 1 });
  await act();
  await session.send("Page.stopScreencast");
  return frames;
}

/** Of the frames, the one in sight at each tick. @param {Frame[]} frames @returns {Frame[]} */
function atTicks(frames) {
  const [first, last] = [frames[0], frames.at(-1)];
  if (first === undefined || last === undefined) {
    throw new Error("the browser has sent no frame");
  }
  /** @type {Frame[]} */
  const ticks = [];
  for (let ms = first.ms; ms <= last.ms; ms += 1000 / FRAMES_PER_SECOND) {
    ticks.push(frames.findLast((frame) => frame.ms <= ms) ?? first);
  }
  return ticks;
}

/** @param {Frame[]} frames @param {string} path */
function writeGif(frames, path) {
  const folder = mkdtempSync(join(tmpdir(), "recording-"));
  try {
    const files = frames.map(({ jpeg }, number) => {
      const file = join(folder, `${String(number).padStart(4, "0")}.jpg`);
      writeFileSync(file, jpeg);
      return file;
    });
    const delay = String(Math.round(100 / FRAMES_PER_SECOND));
    const reduced = ["-dither", "none", "-colors", "48", "-fuzz", "4%", "-layers", "optimize"];
    execFileSync("convert", ["-delay", delay, "-loop", "0", ...files, ...reduced, path]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const server = await Server.start(0, "demo");
const browser = await Browser.start("chromium");
try {
  for (const [name, colorScheme] of /** @type {const} */ ([["page.png", "light"], ["page-dark.png", "dark"]])) {
    const blank = await browser.blank();
    await blank.emulateMedia({ colorScheme });
    await blank.setViewportSize({ width: 1280, height: 720 });
    await blank.goto(server.url);
    await sleep(FILL_MS);
    if (colorScheme === "light") {
      await blank.keyboard.press("N");
      await blank.keyboard.press("Enter");
      await blank.locator(".panel").waitFor();
      await sleep(500);
    }
    await blank.screenshot({ path: join(DOCS, name) });
    await blank.close();
  }
  const page = await browser.blank();
  await page.setViewportSize(SIZE);
  await page.goto(server.url);
  await sleep(FILL_MS);
  writeGif(atTicks(await record(page, () => read(page))), join(DOCS, "page.gif"));
} finally {
  await browser.close();
  await server.kill();
}
