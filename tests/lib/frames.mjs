/** Frames that a browser painted, as pictures, and which of their bands are blank. */

import { eventually } from "./deadline.mjs";

/**
 * @typedef {import("playwright-core").Page} Page
 * @typedef {{left: number, right: number, rows: {top: number, bottom: number}[]}} Bands where rows must be, in CSS pixels
 */

/** Playwright's screenshots put a style into the page, which the policy of the page blocks, and Firefox says so. */
export const SCREENSHOT_STYLE = /^Content-Security-Policy: .* blocked an inline style .*YjaKGiklmzC6wjXA513HAMmzus8VE61XCOT\+SmwNZWA=/;

/** Records until `end`, which returns the pictures. @param {Page} page @param {import("./browser.mjs").BrowserName} name */
export async function record(page, name) {
  return name === "chromium" ? await recordScreencast(page) : recordScreenshots(page);
}

/** What the compositor of Chromium gives out. @param {Page} page */
async function recordScreencast(page) {
  /** @type {string[]} */
  const pictures = [];
  const session = await page.context().newCDPSession(page);
  session.on("Page.screencastFrame", ({ data, sessionId }) => {
    pictures.push(data);
    session.send("Page.screencastFrameAck", { sessionId }).catch(() => {});
  });
  await session.send("Page.startScreencast", { format: "jpeg", quality: 90, everyNthFrame: 1 });
  return {
    end: async () => {
      await eventually("a frame is painted", () => pictures.length > 0);
      await session.send("Page.stopScreencast");
      await session.detach();
      return pictures;
    },
  };
}

/** One picture after the other: Firefox has no screencast. @param {Page} page */
function recordScreenshots(page) {
  let isOver = false;
  const run = async () => {
    const pictures = [];
    while (!isOver) {
      pictures.push((await page.screenshot({ type: "jpeg", quality: 90, caret: "initial" })).toString("base64"));
    }
    return pictures;
  };
  const pictures = run();
  pictures.catch(() => {});
  return {
    end: async () => {
      isOver = true;
      return await pictures;
    },
  };
}

/**
 * In a page without a policy: the bands of a picture that have next to nothing in them but their background.
 *
 * @param {{picture: string, width: number, bands: Bands}} look `width`: of the page, in CSS pixels
 */
async function findBlank({ picture, width, bands: { left, right, rows } }) {
  const image = new Image();
  image.src = `data:image/jpeg;base64,${picture}`;
  await image.decode();
  const scale = image.naturalWidth / width;
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth;
  canvas.height = image.naturalHeight;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) throw new Error("no canvas");
  context.drawImage(image, 0, 0);
  const blank = [];
  for (const [index, { top, bottom }] of rows.entries()) {
    const x = Math.ceil(left * scale);
    const y = Math.ceil(top * scale);
    const [w, h] = [Math.floor(right * scale) - x, Math.floor(bottom * scale) - y];
    const { data } = context.getImageData(x, y, w, h);
    const lights = new Uint32Array(256);
    for (let at = 0; at < data.length; at += 4) {
      lights[Math.round(0.3 * data[at] + 0.6 * data[at + 1] + 0.1 * data[at + 2])] += 1;
    }
    // Most of a line of text is its background.
    const ground = lights.indexOf(Math.max(...lights));
    const ink = lights.reduce((sum, count, light) => (Math.abs(light - ground) > 50 ? sum + count : sum), 0);
    if (ink < (w * h) / 100) blank.push(index);
  }
  return blank;
}

/**
 * Pictures with a band in which nothing stands: the number of the picture, and of the bands.
 *
 * @param {Page} blank a page without a policy
 * @param {string[]} pictures
 * @param {{width: number, bands: Bands}} where
 */
export async function blankBands(blank, pictures, where) {
  const found = [];
  for (const [number, picture] of pictures.entries()) {
    const bands = await blank.evaluate(findBlank, { picture, ...where });
    if (bands.length > 0) found.push({ number, bands });
  }
  return found;
}
