/** A page whose channel is lost goes on where it was; one that is loaded anew shows what is held, and what is not. */

import assert from "node:assert/strict";
import { assertEveryNumber } from "../lib/accounted.mjs";
import { BREAK_CHANNEL, WATCH_CHANNELS } from "../lib/channels.mjs";
import { eventually } from "../lib/deadline.mjs";
import { assertNumbered } from "../lib/expected.mjs";
import { PageList } from "../lib/page_list.mjs";
import { Producer } from "../lib/producer.mjs";
import { openPage, startProducer, testInBrowsers } from "./setup.mjs";

const SERVER_IS_LOST = /WebSocket connection to .* failed|establish a connection|was interrupted/;

/** Each time the page waits longer before it asks for a channel. */
const BREAKS = 3;

testInBrowsers("a page whose channel breaks again and again gets every entry once", async (t, browser) => {
  const { server, producer } = await startProducer(t);
  const page = await openPage(t, browser, server.url, WATCH_CHANNELS);
  const connections = () => producer.events.filter(({ event }) => event === "consumer_connected").length;
  let number = 0;
  const logMore = async () => {
    number += 200;
    await producer.log(number - 200, number);
  };
  for (let broken = 0; broken < BREAKS; broken += 1) {
    await eventually("the channel opens", () => connections() === broken + 1);
    for (let chunk = 0; chunk < 10; chunk += 1) await logMore();
    // Some are on their way, some read, some acknowledged.
    await eventually("some of it comes", async () => (await page.count()) > number - 1_000);
    await Promise.all([page.page.evaluate(BREAK_CHANNEL), logMore(), logMore()]);
  }
  await eventually("the channel opens", () => connections() === BREAKS + 1);
  await logMore();
  assertNumbered(await page.entries(number), 0, number);
  assertEveryNumber(await page.numbers(), await page.gaps(), 0, number);
  page.assertNoComplaints();
});

testInBrowsers("what the journal drops while a page is away is a gap with its number", async (t, browser) => {
  const { server, producer } = await startProducer(t, { options: { max_entries: 300 } });
  const page = await openPage(t, browser, server.url, WATCH_CHANNELS);
  await producer.consumers(1);
  await producer.log(0, 100);
  await page.entries(100);

  // Without a server no channel comes anew.
  await server.kill();
  await page.page.evaluate(BREAK_CHANNEL);
  await producer.consumers(0);
  await producer.log(100, 1_000);
  const { retained_entries: retained } = await producer.stats();
  const restarted = await server.startAgain();
  t.after(() => restarted.kill());

  const entries = await page.entries(100 + retained);
  assertNumbered(entries.slice(0, 100), 0, 100);
  assertNumbered(entries.slice(100), 1_000 - retained, 1_000);
  const gaps = await page.gaps();
  assert.deepEqual(gaps, [{ producer: "numbers", first: 100, last: 999 - retained, reason: "away" }]);
  assertEveryNumber(await page.numbers(), gaps, 0, 1_000);

  const missing = 900 - retained;
  await page.page.locator("#counts").getByText(`${missing} lost`).waitFor();
  // Only rows in sight exist.
  const list = new PageList(page.page);
  await page.page.keyboard.press("Home");
  const gap = list.rowsElement.locator(".row.gap");
  await eventually("the gap comes into sight", async () => {
    await page.page.keyboard.press("PageDown");
    await list.atRest();
    return (await gap.count()) > 0;
  });
  const text = `${missing} entries missing of Test: the program no longer held them when the connection came back`;
  await gap.getByText(text).waitFor();
  page.assertNoComplaints(SERVER_IS_LOST);
});

testInBrowsers("a page that is loaded anew shows each entry once, and what it missed is a gap", async (t, browser) => {
  const { server, producer } = await startProducer(t, { options: { max_entries: 300 } });
  const page = await openPage(t, browser, server.url);
  await producer.consumers(1);
  await producer.log(0, 200);
  await page.entries(200);
  await page.page.reload();
  await producer.log(200, 250);
  assertNumbered(await page.entries(250), 0, 250);
  assert.deepEqual(await page.gaps(), []);

  // The tab is elsewhere while the journal goes on.
  await page.page.goto("about:blank");
  await producer.consumers(0);
  await producer.log(250, 1_000);
  const { retained_entries: retained } = await producer.stats();
  await page.page.goto(server.url);
  assertNumbered(await page.entries(retained), 1_000 - retained, 1_000);
  const gap = { producer: "numbers", first: 250, last: 999 - retained, reason: "away" };
  assert.deepEqual(await page.gaps(), [gap]);

  // It knows of it now: once is enough.
  await page.page.reload();
  assertNumbered(await page.entries(retained), 1_000 - retained, 1_000);
  assert.deepEqual(await page.gaps(), []);
  page.assertNoComplaints();
});

testInBrowsers("the next run of a program begins with its own first entry", async (t, browser) => {
  const { server, producer } = await startProducer(t);
  const page = await openPage(t, browser, server.url);
  await producer.consumers(1);
  await producer.log(0, 500);
  await page.entries(500);
  await producer.stop();
  const next = new Producer(server.signalingUrl);
  t.after(() => next.stop());
  await next.log(500, 1_000);
  assertNumbered(await page.entries(1_000), 0, 1_000);
  const numbers = await page.numbers();
  assertEveryNumber(numbers.slice(0, 500), [], 0, 500);
  assertEveryNumber(numbers.slice(500), await page.gaps(), 0, 500);
  page.assertNoComplaints();
});
