/** What a page does not want is not sent, and can be brought back while the program still holds it. */

import assert from "node:assert/strict";
import { BREAK_CHANNEL, WATCH_CHANNELS } from "../lib/channels.mjs";
import { eventually } from "../lib/deadline.mjs";
import { assertNumbered, expectedEntry } from "../lib/expected.mjs";
import { assertAccounted } from "../lib/producer.mjs";
import { openPage, startProducer, testInBrowsers } from "./setup.mjs";

/** @typedef {import("../lib/browser.mjs").LogPage} LogPage */

/** @param {LogPage} page @param {object} filter */
async function setFilter(page, filter) {
  await page.page.evaluate(`logrtc.consumer.setFilter(${JSON.stringify(filter)})`);
}

/** Has the page fetch a range; its store takes what comes. @param {LogPage} page @param {object} range @returns {Promise<{parts: number, missing: number}>} */
async function fetch(page, range) {
  return await page.page.evaluate(`(async () => {
    const fetched = { parts: 0, missing: 0 };
    for await (const { missing } of logrtc.consumer.fetch("numbers", ${JSON.stringify(range)})) {
      fetched.parts += 1;
      fetched.missing += missing;
    }
    return fetched;
  })()`);
}

/**
 * The numbers of the entries of these levels, from `from` to `to`, without `to`.
 *
 * @param {number} from
 * @param {number} to
 * @param {string[]} levels
 */
function numbersOf(from, to, levels) {
  const all = Array.from({ length: to - from }, (_, index) => from + index);
  return all.filter((number) => levels.includes(expectedEntry(number).level));
}

testInBrowsers("a filter is applied at the source, and what it left out can be fetched", async (t, browser) => {
  const { server, producer } = await startProducer(t);
  const page = await openPage(t, browser, server.url, WATCH_CHANNELS);
  await producer.consumers(1);
  await producer.log(0, 100);
  await page.entries(100);
  await setFilter(page, { level: "WARN" });
  await producer.log(100, 200);
  const wanted = [...numbersOf(0, 100, ["DEBUG", "INFO", "WARN", "ERROR"]), ...numbersOf(100, 200, ["WARN", "ERROR"])];
  await page.entries(150);
  assert.deepEqual(await page.numbers(), wanted);
  const stats = await producer.stats();
  assertAccounted(stats.consumers[0]);
  assert.equal(stats.consumers[0].filtered, 50);
  await eventually("the page knows what was left out", async () => {
    const [{ filtered, lost }] = await page.page.evaluate("logrtc.producers()");
    return filtered === 50 && lost === 0;
  });

  // What was left out comes into its place, and what the page has does not come twice.
  assert.equal((await fetch(page, { first: 100, last: 149, filter: "test::numbers=error" })).missing, 0);
  assert.equal(await page.count(), 150);
  assert.equal((await fetch(page, { first: 100, last: 199 })).missing, 0);
  assertNumbered(await page.entries(200), 0, 200);
  assert.equal(await page.count(), 200);

  // A new channel has the filter from its first entry on.
  await page.page.evaluate(BREAK_CHANNEL);
  await producer.log(200, 300);
  await page.entries(250);
  const all = Array.from({ length: 200 }, (_, number) => number);
  assert.deepEqual(await page.numbers(), [...all, ...numbersOf(200, 300, ["WARN", "ERROR"])]);
  await setFilter(page, {});
  await producer.log(300, 400);
  await page.entries(350);
  assert.equal((await page.numbers()).at(-1), 399);
  await assert.rejects(setFilter(page, { filter: "numbers=loud" }), /"loud" is not a level/);
  page.assertNoComplaints();
});

testInBrowsers("a long fetch comes in parts, and says what is no longer held", async (t, browser) => {
  const { server, producer } = await startProducer(t, { options: { max_entries: 20_000 } });
  await producer.log(0, 30_000);
  const { retained_entries: retained } = await producer.stats();
  const page = await openPage(t, browser, server.url);
  await page.entries(retained);
  const fetched = await fetch(page, { first: 0, last: 1_000_000 });
  assert.equal(fetched.missing, 30_000 - retained);
  assert.ok(fetched.parts > 2, `${fetched.parts} parts`);
  assert.equal(await page.count(), retained, "the page had them all");
  assert.ok((await page.page.evaluate('logrtc.consumer.ping("numbers")')) >= 0);
  await assert.rejects(fetch(page, { first: 9, last: 0, filter: "loud" }), /"loud" is not a level/);
  page.assertNoComplaints();
});
