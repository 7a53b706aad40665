/** How a program ended is what the page says: `ended` or `lost`, behind a server that tells and behind one that does not. */

import { Producer } from "../lib/producer.mjs";
import { Server } from "../lib/server.mjs";
import { assertNumbered } from "../lib/expected.mjs";
import { SERVERS, openPage, testInBrowsers } from "./setup.mjs";

/** @typedef {import("node:test").TestContext} TestContext */

/** An end that was said is seen at once. */
const ENDED_WITHIN_MS = 3_000;

/** @param {TestContext} t @param {string} url @param {string} [clientId] */
function run(t, url, clientId = "numbers") {
  const producer = new Producer(url, { clientId });
  t.after(() => producer.stop());
  return producer;
}

for (const { called, start } of SERVERS) {
  testInBrowsers(`a program that closes has ended, and its next run takes its place: ${called}`, async (t, browser) => {
    const { signalingUrl, pageUrl, name } = await start(t);
    const page = await openPage(t, browser, pageUrl);
    for (let number = 0; number < 3; number += 1) {
      const producer = run(t, signalingUrl);
      await producer.consumers(1);
      await page.showsChips([name]);
      await producer.log(number * 100, (number + 1) * 100);
      await producer.command("close 10000");
      await page.showsChips([`${name}\nended`], ENDED_WITHIN_MS);
      assertNumbered(await page.entries((number + 1) * 100), 0, (number + 1) * 100);
    }
    page.assertNoComplaints();
  });

  testInBrowsers(`a program that is killed is lost, and its next run takes its place: ${called}`, async (t, browser) => {
    const { signalingUrl, pageUrl, name } = await start(t);
    const page = await openPage(t, browser, pageUrl);
    const killed = run(t, signalingUrl);
    await killed.consumers(1);
    await killed.log(0, 100);
    await page.entries(100);
    await killed.stop();
    await page.showsChips([`${name}\nlost`]);
    const next = run(t, signalingUrl);
    await next.log(100, 200);
    assertNumbered(await page.entries(200), 0, 200);
    await page.showsChips([name]);
    page.assertNoComplaints();
  });
}

testInBrowsers("a program that is killed and starts again at once keeps its name and its chip", async (t, browser) => {
  const server = await Server.start();
  t.after(() => server.kill());
  const page = await openPage(t, browser, server.url);
  const other = run(t, server.signalingUrl, "other");
  await other.consumers(1);
  for (let number = 0; number < 3; number += 1) {
    const producer = run(t, server.signalingUrl);
    await producer.log(number * 100, (number + 1) * 100);
    assertNumbered(await page.entries((number + 1) * 100), 0, (number + 1) * 100);
    await page.showsChips(["Test\nother", "Test\nnumbers"]);
    await producer.stop();
  }
  page.assertNoComplaints();
});

testInBrowsers("two programs of one name keep apart, and the one that starts again gets the name it had", async (t, browser) => {
  const server = await Server.start();
  t.after(() => server.kill());
  const page = await openPage(t, browser, server.url);
  const first = run(t, server.signalingUrl);
  await first.consumers(1);
  const second = run(t, server.signalingUrl);
  await second.consumers(1);
  await page.showsChips(["Test", "Test\n#2"]);
  await first.command("close 10000");
  await page.showsChips(["Test\nended", "Test\n#2"], ENDED_WITHIN_MS);
  const firstAgain = run(t, server.signalingUrl);
  await firstAgain.consumers(1);
  await page.showsChips(["Test", "Test\n#2"]);
  await second.command("close 10000");
  await page.showsChips(["Test", "Test\n#2\nended"], ENDED_WITHIN_MS);
  const secondAgain = run(t, server.signalingUrl);
  await secondAgain.consumers(1);
  await page.showsChips(["Test", "Test\n#2"]);
  page.assertNoComplaints();
});
