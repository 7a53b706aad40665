/** Several producers in one page: told apart, merged by time, muted, and kept when they end. */

import assert from "node:assert/strict";
import { eventually } from "../lib/deadline.mjs";
import { PageList } from "../lib/page_list.mjs";
import { Producer } from "../lib/producer.mjs";
import { Server } from "../lib/server.mjs";
import { openPage, testInBrowsers } from "./setup.mjs";

const START = Date.UTC(2026, 0, 31, 12);

/** @param {Producer} producer @param {number} number one a second @param {string} [name] */
async function send(producer, number, name = "") {
  const timestamp = new Date(START + number * 1_000).toISOString();
  await producer.command(`send ${JSON.stringify({ timestamp, level: "INFO", target: "t", message: `entry ${number} ${name}` })}`);
}

testInBrowsers("two of one name are told apart, merged by time, muted, and kept when they end", async (t, browser) => {
  const server = await Server.start();
  t.after(() => server.kill());
  const first = new Producer(server.signalingUrl, { clientId: "api" });
  t.after(() => first.stop());
  await first.registered();
  const second = new Producer(server.signalingUrl, { clientId: "api" });
  t.after(() => second.stop());
  await second.registered();
  // Each has its own every other second, and both are there before the page.
  for (let number = 0; number < 10; number += 1) {
    await send(number % 2 === 0 ? first : second, number, number % 2 === 0 ? "of the first" : "of the second");
  }
  const page = await openPage(t, browser, server.url);
  const list = new PageList(page.page);
  await page.showsChips(["Test", "Test\n#2"]);
  const entries = async () => (await list.rows()).filter(({ number }) => number !== undefined);
  const becomes = async (/** @type {number[]} */ expected) => {
    const isSo = async () => JSON.stringify((await entries()).map(({ number }) => number)) === JSON.stringify(expected);
    await eventually(`the list shows ${expected}`, isSo, 10_000).catch(async (error) => {
      throw new Error(`${error.message}; it shows ${(await entries()).map(({ number }) => number)}`);
    });
  };
  const history = Array.from({ length: 10 }, (_, number) => number);
  await becomes(history);
  const names = await list.rowsElement.locator(".row .producer").allInnerTexts();
  assert.equal(names.length, 10);
  assert.equal(new Set(names).size, 2, `${names}`);
  assert.ok(names.every((name, index) => name === names[index % 2]), `${names}`);

  // From here on by arrival, whatever the clock of a program says.
  await send(second, 3, "again");
  await becomes([...history, 3]);
  const rows = await list.rows();
  const mark = rows.findIndex(({ text }) => text.includes("live from here"));
  assert.ok(mark > -1, "the live part is marked");
  assert.equal(rows[mark - 1].number, 9);
  assert.equal(rows[mark + 1].number, 3);

  await page.page.getByRole("button", { name: "Producers: rate, delay, losses" }).click();
  const mute = page.page.locator(".producer-details").nth(1).getByRole("checkbox");
  await mute.check();
  await becomes([0, 2, 4, 6, 8]);
  await send(second, 50, "unheard");
  assert.ok(await second.flush(10_000));
  await send(first, 51, "heard");
  await becomes([0, 2, 4, 6, 8, 51]);
  await eventually("it is in the address", () => new URL(page.page.url()).searchParams.getAll("mute").length === 1);
  await mute.uncheck();
  await becomes([...history, 3, 50, 51]);
  await page.page.keyboard.press("Escape");

  await first.command("close 10000");
  await page.showsChips(["Test\nended", "Test\n#2"]);
  await becomes([...history, 3, 50, 51]);
  await send(second, 60, "goes on");
  await becomes([...history, 3, 50, 51, 60]);
  page.assertNoComplaints();
});

testInBrowsers("from the ninth producer on they are counted, in a menu", async (t, browser) => {
  const server = await Server.start();
  t.after(() => server.kill());
  const page = await openPage(t, browser, server.url);
  const producers = Array.from({ length: 9 }, (_, index) => new Producer(server.signalingUrl, { clientId: `p${index}` }));
  t.after(() => Promise.all(producers.map((producer) => producer.stop())));
  await Promise.all(producers.map((producer) => producer.consumers(1)));
  const menu = page.page.getByRole("button", { name: "Producers: rate, delay, losses" });
  await eventually("they are counted", async () => /9 of 9 producers/.test(await menu.innerText()));
  assert.equal(await page.page.locator("#producers .chip").count(), 0);
  await menu.click();
  assert.equal(await page.page.locator(".producer-details").count(), 9);
  await Promise.all(producers.map((producer, index) => producer.log(index, index + 1)));
  const list = new PageList(page.page);
  await eventually("each has its entry", async () => {
    const numbers = (await list.numbers()).filter((number) => number !== undefined);
    return numbers.length === 9 && new Set(numbers).size === 9;
  });
  page.assertNoComplaints();
});
