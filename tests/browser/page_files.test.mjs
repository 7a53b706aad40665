/** What leaves the page and comes back to it: files and links. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after } from "node:test";
import { HandMadeProducer } from "../bench/hand_made_producer.mjs";
import { pasted } from "../lib/clipboard.mjs";
import { cleanup } from "../lib/data_channel_consumer.mjs";
import { eventually } from "../lib/deadline.mjs";
import { PageList } from "../lib/page_list.mjs";
import { PageQuery } from "../lib/page_query.mjs";
import { openLog, pageUrl, server } from "./page_setup.mjs";
import { openPage, testInBrowsers } from "./setup.mjs";

after(() => cleanup());

/** Lines as no writer of JSON in JavaScript would have them. */
const LINES = Array.from(
  { length: 50 },
  (_, number) =>
    `{"timestamp":"2026-01-31T12:00:${String(number).padStart(2, "0")}.5Z","level":"${number % 2 ? "WARN" : "INFO"}","target":"t\\u00e9",` +
    `"message":"entry ${number} \\"日志\\", comma","fields":{"big":9007199254740993,"e":1.50e3,"n":null}}`,
);

/** As a file has it: with its producer behind all that was sent. @param {string} line */
const exported = (line) => line.replace(/}$/, ',"producer":"by-hand"}');

/** In the page, before its own scripts: the files that it hands to the browser. */
const WATCH_FILES = `
globalThis.files = [];
const { createObjectURL } = URL;
URL.createObjectURL = (blob) => {
  files.push(blob);
  return createObjectURL.call(URL, blob);
};
`;

/**
 * What the file has that the page offers. Chromium saves it; playwright cannot learn from Firefox where it is saved.
 *
 * @param {import("../lib/browser.mjs").Browser} browser
 * @param {import("playwright-core").Page} page
 * @param {string} item
 * @returns {Promise<string>}
 */
async function download(browser, page, item) {
  await page.getByRole("button", { name: "Export" }).click();
  const choice = page.getByRole("menuitem", { name: item });
  if (browser.name === "chromium") {
    const [file] = await Promise.all([page.waitForEvent("download"), choice.click()]);
    return readFileSync(await file.path(), "utf8");
  }
  const count = await page.evaluate("files.length");
  await choice.click();
  await eventually("a file is offered", async () => (await page.evaluate("files.length")) > count);
  return await page.evaluate("files.at(-1).text()");
}

/** Drops a file on the page. @param {import("playwright-core").Page} page @param {string} content */
async function drop(page, content) {
  await page.evaluate((content) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([content], "yesterday.ndjson"));
    for (const name of ["dragover", "drop"]) {
      document.body.dispatchEvent(new DragEvent(name, { bubbles: true, cancelable: true, dataTransfer: transfer }));
    }
  }, content);
}

testInBrowsers("a file has what was sent, byte for byte, and shows it again", async (t, browser) => {
  const producer = new HandMadeProducer(server().signalingUrl);
  t.after(() => producer.stop());
  const page = await openPage(t, browser, pageUrl({ producer: "by-hand" }), WATCH_FILES);
  const list = new PageList(page.page);
  for (const line of LINES) await producer.send(line);
  await list.shows(49);
  const whole = await download(browser, page.page, "Everything, as NDJSON");
  assert.equal(whole, `${LINES.map(exported).join("\n")}\n`);

  const query = new PageQuery(list);
  await query.write("level:warn");
  await list.shows(49);
  await eventually("it is counted", async () => (await query.counts())[0] === 25);
  const shown = await download(browser, page.page, "What is shown, as NDJSON");
  assert.equal(shown, `${LINES.filter((line) => line.includes("WARN")).map(exported).join("\n")}\n`);
  const table = (await download(browser, page.page, "What is shown, as CSV")).trimEnd().split(/\r?\n/);
  assert.equal(table.length, 26);
  assert.ok(table[1].includes('"entry 1 ""日志"", comma"'), table[1]);

  // A file that is dropped is a producer of its own, and the list goes to its first entry.
  await query.write("");
  await drop(page.page, whole.replaceAll("entry ", "older "));
  await eventually("they are counted", async () => /^100 entries held/.test(await page.page.locator("#counts").innerText()));
  await list.isPaused();
  await list.row('older 0 "').waitFor();
  await query.write("older");
  await eventually("they are shown", async () => (await query.counts())[0] === 50);
  await list.follow();
  await list.row("older 49").waitFor();

  // It is muted and removed by itself; a second one of its name is another.
  await query.write("");
  const right = `{"level":30,"time":${Date.now()},"name":"api","msg":"at its time"}\n`.repeat(4);
  await drop(page.page, `{"level":50,"time":"1970-01-01T00:00:05Z","name":"api","msg":"of \\u001b[1mpi\\u001b[0mno"}\n${right}`);
  const ofPino = list.row("of pino");
  await ofPino.waitFor();
  assert.match(await ofPino.innerText(), /ERROR[^]*api[^]*of pino/);
  // Its clock was wrong: the histogram is that of the others.
  await page.page.getByRole("button", { name: "‹ 1 earlier" }).click();
  await eventually("it is shown alone", async () => (await query.counts())[0] === 1);
  await page.page.locator(".histogram").getByRole("button", { name: /✕/ }).click();
  await page.page.getByRole("button", { name: "‹ 1 earlier" }).waitFor();
  await query.write('"of pino" NOT older');
  await eventually("it is found as it is shown", async () => (await query.counts())[0] === 1);
  assert.equal((await ofPino.locator("mark").allInnerTexts()).join(""), "of pino");
  await query.write("");
  const chips = page.page.locator("#producers .chip.file");
  assert.deepEqual(await chips.locator(".name").allInnerTexts(), ["yesterday.ndjson", "yesterday.ndjson"]);
  await page.page.getByRole("button", { name: "Producers: rate, delay, losses" }).click();
  const details = page.page.locator(".producer-details.file");
  await details.first().getByLabel("mute").click();
  await eventually("it is muted", async () => (await query.counts())[0] === 55);
  await details.first().getByRole("button", { name: "Remove yesterday.ndjson" }).click();
  await eventually("it is removed", async () => /^55 entries held/.test(await page.page.locator("#counts").innerText()));
  assert.equal(await chips.count(), 1);
  await page.page.keyboard.press("Escape");

  // Cleared, at the second press.
  await query.write("");
  const clear = page.page.locator(".actions button").filter({ hasText: /Clear|Forget/ });
  await clear.click();
  await page.page.getByRole("button", { name: /^Forget 55 entries/ }).click();
  await eventually("nothing is left", async () => (await list.numbers()).length === 0);
  assert.equal(await chips.count(), 0);
  assert.equal(await page.count(), 0);
  await producer.send(LINES[7]);
  await list.shows(7);
  assert.equal(await page.count(), 1);
  page.assertNoComplaints();
});

testInBrowsers("a link opens the same entry, with the same query, in another page", async (t, browser) => {
  const { producer, id, page, list } = await openLog(t, browser);
  await producer.log(0, 400);
  await list.shows(399);
  const query = new PageQuery(list);
  await query.write("level:error");
  await list.row("entry 391 ").click({ position: { x: 300, y: 10 } });
  const message = page.page.locator(".panel pre.message");
  await message.getByText("entry 391 ").waitFor();
  await page.page.locator(".panel").getByRole("button", { name: "Copy a link" }).click();
  const link = await pasted(browser, page.page);
  assert.match(link, /[?&]query=level%3Aerror/);
  assert.match(link, /#entry=[0-9a-f]{32}\/391$/);
  // The button of the bar copies the same, and what is shown alone while no entry is open.
  const bar = page.page.getByRole("region", { name: "Log", exact: true });
  const share = bar.getByRole("button", { name: "Share" });
  await share.click();
  await bar.getByText("Link copied").waitFor();
  assert.equal(await pasted(browser, page.page), link);
  await page.page.keyboard.press("Escape");
  await message.waitFor({ state: "detached" });
  await share.click();
  await eventually("the link has no entry", async () => (await pasted(browser, page.page)) === link.replace(/#.*/, ""));
  await producer.log(400, 900);

  const other = await openPage(t, browser, link);
  await other.page.locator(".panel pre.message").getByText("entry 391 ").waitFor();
  const otherList = new PageList(other.page);
  await otherList.shows(391);
  assert.equal(await otherList.isFollowing(), false);
  assert.ok((await otherList.numbers()).every((number) => number === undefined || number % 4 === 3));
  assert.equal(new URL(link).searchParams.get("producer"), id);
  other.assertNoComplaints();
  page.assertNoComplaints();
});
