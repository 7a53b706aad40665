/** The log page speaks the extension with our producer, and whoever does not ask for it gets the base protocol. */

import assert from "node:assert/strict";
import { assertEveryNumber, countMissing } from "../lib/accounted.mjs";
import { WATCH_CHANNELS } from "../lib/channels.mjs";
import { eventually } from "../lib/deadline.mjs";
import { assertNumbered } from "../lib/expected.mjs";
import { Pages } from "../lib/pages.mjs";
import { Producer } from "../lib/producer.mjs";
import { StrictServer } from "../lib/strict_server.mjs";
import { SERVERS, openPage, startProducer, testInBrowsers } from "./setup.mjs";

/** In the page: takes nearly all of its time. */
const HOLD_UP = `
globalThis.isHeldUp = true;
setTimeout(function holdUp() {
  const until = performance.now() + 2_000;
  while (performance.now() < until);
  if (isHeldUp) setTimeout(holdUp);
});
`;

for (const { called, start } of SERVERS) {
  testInBrowsers(`a page gets its entries in batches, each with its number: ${called}`, async (t, browser) => {
    const { signalingUrl, pageUrl } = await start(t);
    const producer = new Producer(signalingUrl);
    t.after(() => producer.stop());
    await producer.registered();
    await producer.log(0, 2_000);
    const page = await openPage(t, browser, pageUrl, WATCH_CHANNELS);
    await producer.consumers(1);
    for (let number = 2_000; number < 10_000; number += 100) {
      await producer.log(number, number + 100);
    }
    assertNumbered(await page.entries(10_000), 0, 10_000);
    assertEveryNumber(await page.numbers(), await page.gaps(), 0, 10_000);

    /** @type {string[]} */
    const messages = await page.page.evaluate("messages");
    const binary = messages.filter((message) => message === "binary").length;
    assert.match(messages[0], /^text:\{"type":"welcome"/);
    assert.ok(messages.length < 1_000, `${messages.length} messages`);
    assert.ok(binary > 0);
    t.diagnostic(`${messages.length} messages, ${binary} of them compressed`);
    const [{ session, received }] = await page.page.evaluate("logrtc.producers()");
    assert.match(session, /^[0-9a-f]{32}$/);
    assert.equal(received, 10_000);
    page.assertNoComplaints();
  });
}

testInBrowsers("a page that cannot keep up is told what it does not get", async (t, browser) => {
  const { server, producer } = await startProducer(t, { options: { max_entries: 2_000 } });
  const page = await openPage(t, browser, server.url);
  await producer.consumers(1);
  await producer.log(0, 100);
  await page.entries(100);
  await page.page.evaluate(HOLD_UP);
  let number = 100;
  await eventually("the page is too slow", async () => {
    await producer.log(number, number + 5_000);
    number += 5_000;
    return (await producer.stats()).consumers[0].dropped > 0;
  });
  await page.page.evaluate("isHeldUp = false");
  await eventually("everything is accounted for", async () => {
    const missing = countMissing(await page.gaps());
    return (await page.count()) + missing === number;
  });
  const gaps = await page.gaps();
  assertEveryNumber(await page.numbers(), gaps, 0, number);
  assert.ok(gaps.length > 0);
  assert.ok(gaps.every(({ reason }) => reason === "overflow"));
  const missing = countMissing(gaps);
  t.diagnostic(`${missing} of ${number} in ${gaps.length} gaps`);
  const [{ lost }] = await page.page.evaluate("logrtc.producers()");
  assert.equal(lost, missing);
  const thousands = missing.toLocaleString("en").replaceAll(",", "\u2009");
  await page.page.locator("#counts").getByText(`${thousands} lost`).waitFor();
  page.assertNoComplaints();
});

testInBrowsers("a consumer that says no hello gets one entry a message", async (t, browser) => {
  const server = await StrictServer.start();
  const pages = await Pages.documentedConsumer(server.url);
  const producer = new Producer(server.url);
  t.after(async () => {
    await producer.stop();
    await pages.stop();
    await server.stop();
  });
  await producer.registered();
  await producer.log(0, 300);
  const page = await browser.blank();
  t.after(() => page.close());
  await page.addInitScript(`globalThis.logged = []; console.log = (_, entry) => logged.push(entry); ${WATCH_CHANNELS}`);
  await page.goto(pages.url);
  await producer.consumers(1);
  await producer.log(300, 600);
  await eventually("every entry is logged", async () => (await page.evaluate("logged.length")) === 600);
  assertNumbered(await page.evaluate("logged"), 0, 600);
  assert.equal(await page.evaluate("messages.length"), 600);
});
