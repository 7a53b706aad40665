/** Every entry is accounted for in the status line: received, held, dropped, lost, left out. */

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { BREAK_CHANNEL, WATCH_CHANNELS } from "../lib/channels.mjs";
import { eventually } from "../lib/deadline.mjs";
import { PageList } from "../lib/page_list.mjs";
import { Producer } from "../lib/producer.mjs";
import { Server } from "../lib/server.mjs";
import { openPage, testInBrowsers } from "./setup.mjs";

const SERVER_IS_LOST = /WebSocket connection to .* failed|establish a connection|was interrupted/;

/** The parts of the status line, as numbers. @param {import("../lib/browser.mjs").LogPage} page */
async function countsOf(page) {
  /** @type {Record<string, string>} */
  const parts = await page.page.locator("#counts .count").evaluateAll((all) =>
    Object.fromEntries(all.map((part) => [part.className.replace("count ", ""), part.textContent ?? ""])),
  );
  const number = (/** @type {string} */ name) =>
    Number(/[\d\u2009]+/.exec(parts[name] ?? "0")?.[0].replaceAll("\u2009", "") ?? Number.NaN);
  const held = number("held");
  return {
    held,
    // What is all held is not said a second time.
    received: "received" in parts ? number("received") : held,
    dropped: number("dropped"),
    lost: number("lost"),
    filtered: number("filtered"),
    malformed: number("malformed"),
  };
}

testInBrowsers("received is held and dropped, and what is lost is a row", async (t, browser) => {
  const script = `try { localStorage.setItem("logrtc.settings", '{"zone":"utc","maxBytes":4194304}'); } catch {}\n${WATCH_CHANNELS}`;
  const server = await Server.start();
  t.after(() => server.kill());
  const producer = new Producer(server.signalingUrl, { options: { max_entries: 2_000 } });
  t.after(() => producer.stop());
  await producer.registered();
  const page = await openPage(t, browser, server.url, script);
  const list = new PageList(page.page);
  await producer.consumers(1);
  await producer.log(0, 500);
  await list.shows(499);
  // The counts are written less often than the list.
  await eventually("all are counted", async () => (await countsOf(page)).received === 500);
  assert.deepEqual(await countsOf(page), { held: 500, received: 500, dropped: 0, lost: 0, filtered: 0, malformed: 0 });

  // What the program holds no longer when the page comes back.
  await server.kill();
  await page.page.evaluate(BREAK_CHANNEL);
  await producer.consumers(0);
  await producer.log(500, 5_000);
  const { retained_entries: retained } = await producer.stats();
  const restarted = await server.startAgain();
  t.after(() => restarted.kill());
  await list.shows(4_999);
  const missing = 4_500 - retained;
  await eventually("it is counted", async () => {
    const { lost, received } = await countsOf(page);
    return lost + received === 5_000;
  });
  assert.deepEqual(await countsOf(page), { held: 500 + retained, received: 500 + retained, dropped: 0, lost: missing, filtered: 0, malformed: 0 });
  await page.page.keyboard.press("Home");
  await list.isPaused();
  const gap = list.rowsElement.locator(".row.gap");
  for (let turn = 0; (await gap.count()) === 0 && turn < 40; turn += 1) {
    await page.page.keyboard.press("PageDown");
    await list.atRest();
  }
  assert.match(await gap.innerText(), new RegExp(`${missing.toLocaleString("en").replace(",", "\u2009")} entries missing`));
  const rows = await list.rowsElement.locator("[role=row]").allTextContents();
  const at = rows.findIndex((text) => text.includes("entries missing"));
  assert.match(rows[at - 1], /entry 499 /, "it stands where they are missing");
  assert.match(rows[at + 1], new RegExp(`entry ${5_000 - retained} `));
  await list.follow();

  // More than the page may hold: text that does not compress.
  let logged = 5_000;
  await eventually("something is dropped", async () => {
    for (let sent = 0; sent < 10; sent += 1) {
      const message = randomBytes(48 * 1024).toString("base64");
      const entry = { timestamp: new Date().toISOString(), level: "INFO", target: "big", message };
      await producer.command(`send ${JSON.stringify(entry)}`);
    }
    logged += 10;
    assert.ok(await producer.flush(20_000));
    return (await countsOf(page)).dropped > 0;
  });
  const last = 20;
  await producer.log(0, last);
  await list.shows(last - 1);
  await eventually("all is accounted for", async () => {
    const { received, lost } = await countsOf(page);
    return received + lost === logged + last;
  });
  const counts = await countsOf(page);
  assert.equal(counts.held + counts.dropped, counts.received, JSON.stringify(counts));
  assert.equal(await page.count(), counts.held);
  const [{ received, lost }] = await page.page.evaluate("logrtc.producers()");
  assert.deepEqual([received, lost], [counts.received, counts.lost]);
  t.diagnostic(JSON.stringify(counts));
  page.assertNoComplaints(SERVER_IS_LOST);
});
