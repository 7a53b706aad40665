import assert from "node:assert/strict";
import { assertNumbered } from "../lib/expected.mjs";
import { openPage, startProducer, testInBrowsers } from "./setup.mjs";

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
  page.assertNoComplaints(/^WebSocket connection to .* failed/);
  second.assertNoComplaints();
});
