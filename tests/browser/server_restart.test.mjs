import assert from "node:assert/strict";
import { assertNumbered } from "../lib/expected.mjs";
import { Producer } from "../lib/producer.mjs";
import { openPage, startProducer, testInBrowsers } from "./setup.mjs";

/** In the page: every text that a chip has from now on. */
const WATCH_CHIPS = `
globalThis.chipsSeen = new Set();
new MutationObserver(() => {
  for (const chip of document.querySelectorAll("#producers .chip")) chipsSeen.add(chip.innerText);
}).observe(document.querySelector("#producers"), { childList: true, subtree: true });
`;

for (const how of /** @type {const} */ (["kill", "stop"])) {
  testInBrowsers(`a server that goes by ${how} and comes back ends no producer in the page`, async (t, browser) => {
    const { server, producer } = await startProducer(t);
    const page = await openPage(t, browser, server.url);
    await producer.consumers(1);
    await page.showsChips(["Test"]);
    await page.page.evaluate(WATCH_CHIPS);

    await server[how]();
    await producer.statsWhen("the producer notices", ({ state }) => state !== "Registered");
    await page.page.getByText("server lost", { exact: true }).waitFor();
    const restarted = await server.startAgain();
    t.after(() => restarted.kill());
    await page.page.getByText("live", { exact: true }).waitFor();
    await producer.statsWhen("the producer registers again", ({ registrations }) => registrations === 2);
    const newcomer = new Producer(restarted.signalingUrl, { clientId: "newcomer" });
    t.after(() => newcomer.stop());
    await page.showsChips(["Test\nnumbers", "Test\nnewcomer"]);
    await page.page.getByText("live", { exact: true }).waitFor();
    const seen = /** @type {string[]} */ (await page.page.evaluate("[...chipsSeen]"));
    assert.deepEqual(
      seen.filter((chip) => /ended|lost/.test(chip)),
      [],
    );
    page.assertNoComplaints(/WebSocket connection to .* failed|establish a connection|was interrupted/);
  });
}

testInBrowsers("a server that is killed and comes back disturbs no channel", async (t, browser) => {
  const { server, producer } = await startProducer(t);
  const page = await openPage(t, browser, server.url);
  await producer.consumers(1);
  await producer.log(0, 300);
  assertNumbered(await page.entries(300), 0, 300);

  await server.kill();
  await producer.statsWhen("the producer notices", ({ state }) => state !== "Registered");
  await producer.log(300, 600);
  assertNumbered(await page.entries(600), 0, 600);

  const restarted = await server.startAgain();
  t.after(() => restarted.kill());
  const since = performance.now();
  await producer.statsWhen("the producer registers again", ({ registrations }) => registrations === 2);
  const tookMs = performance.now() - since;
  assert.ok(tookMs < 6_000, `${tookMs} ms`);
  await page.page.getByText("live", { exact: true }).waitFor();

  await producer.log(600, 1_000);
  assertNumbered(await page.entries(1_000), 0, 1_000);
  const came = producer.events.filter(({ event }) => event === "consumer_connected");
  assert.equal(came.length, 1, "the same channel all along");

  const second = await openPage(t, browser, restarted.url);
  assertNumbered(await second.entries(1_000), 0, 1_000);
  assert.equal(await page.count(), 1_000, "no entry came twice");
  // That a server is gone is a fact that the browser states, and no fault of the page.
  page.assertNoComplaints(/WebSocket connection to .* failed|establish a connection|was interrupted/);
  second.assertNoComplaints();
});
