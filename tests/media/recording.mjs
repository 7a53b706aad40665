/** A page in use, as an animated picture: what the compositor of Chromium gives out, joined by ffmpeg. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {{data: string, atMs: number}} Frame */

/** What of it the picture has: more is a bigger file. */
const FRAMES_PER_SECOND = 8;
const WIDTH_PX = 960;
const QUALITY = 55;

/**
 * Records what `use` does with the page, and writes it to `path`, an animated WebP.
 *
 * @param {Page} page
 * @param {string} path
 * @param {() => Promise<void>} use
 */
export async function recordUse(page, path, use) {
  /** @type {Frame[]} */
  const frames = [];
  const session = await page.context().newCDPSession(page);
  session.on("Page.screencastFrame", ({ data, sessionId, metadata }) => {
    frames.push({ data, atMs: (metadata.timestamp ?? 0) * 1e3 });
    session.send("Page.screencastFrameAck", { sessionId }).catch(() => {});
  });
  await session.send("Page.startScreencast", { format: "jpeg", quality: 95, everyNthFrame: 1 });
  await use();
  await session.send("Page.stopScreencast");
  await session.detach();
  console.log(`${frames.length} frames are joined, which takes up to a minute …`);
  writePicture(frames, path);
}

/** @param {Frame[]} frames @param {string} path */
function writePicture(frames, path) {
  const folder = mkdtempSync(join(tmpdir(), "logrtc-recording-"));
  try {
    const lines = frames.flatMap(({ data, atMs }, index) => {
      const file = join(folder, `${index}.jpg`);
      writeFileSync(file, Buffer.from(data, "base64"));
      const lastsMs = (frames[index + 1]?.atMs ?? atMs + 1e3) - atMs;
      return [`file '${file}'`, `duration ${Math.max(0.001, lastsMs / 1e3).toFixed(3)}`];
    });
    const list = join(folder, "frames.txt");
    // The last one is named once more, because ffmpeg passes over its duration.
    writeFileSync(list, `ffconcat version 1.0\n${lines.join("\n")}\n${lines.at(-2)}\n`);
    execFileSync("ffmpeg", [
      ...["-loglevel", "error", "-y", "-f", "concat", "-safe", "0", "-i", list],
      ...["-vf", `fps=${FRAMES_PER_SECOND},scale=${WIDTH_PX}:-1:flags=lanczos`],
      ...["-c:v", "libwebp_anim", "-lossless", "0", "-quality", String(QUALITY), "-compression_level", "6", "-loop", "0", path],
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
