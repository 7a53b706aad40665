import assert from "node:assert/strict";
import { eventually } from "../lib/deadline.mjs";
import { assertNumbered, expectedEntry } from "../lib/expected.mjs";
import { openPage, startProducer, testInBrowsers } from "./setup.mjs";

testInBrowsers("a thousand entries stand in the page, half of them from before it opened", async (t, browser) => {
  const { server, producer } = await startProducer(t);
  await producer.log(0, 500);
  const page = await openPage(t, browser, server.url);
  await producer.consumers(1);
  await producer.log(500, 1_000);
  assertNumbered(await page.entries(1_000), 0, 1_000);
  assert.deepEqual(await page.producers(), [{ id: "numbers", state: "connected" }]);

  // What a person sees is the end of the log, as text.
  const rows = page.page.locator("#rows");
  const last = expectedEntry(999).message;
  await rows.getByText(last, { exact: true }).waitFor();
  assert.equal(await rows.locator("b").count(), 0);
  page.assertNoComplaints();
});

testInBrowsers("two pages at once each hold everything", async (t, browser) => {
  const { server, producer } = await startProducer(t);
  await producer.log(0, 500);
  const pages = await Promise.all([openPage(t, browser, server.url), openPage(t, browser, server.url)]);
  await producer.consumers(2);
  await producer.log(500, 1_000);
  for (const page of pages) {
    assertNumbered(await page.entries(1_000), 0, 1_000);
    page.assertNoComplaints();
  }
});

testInBrowsers("a page that is loaded anew begins at the oldest entry", async (t, browser) => {
  const { server, producer } = await startProducer(t);
  const page = await openPage(t, browser, server.url);
  await producer.consumers(1);
  await producer.log(0, 500);
  assertNumbered(await page.entries(500), 0, 500);
  await page.page.reload();
  await producer.log(500, 1_000);
  assertNumbered(await page.entries(1_000), 0, 1_000);
  await producer.consumers(1);
  page.assertNoComplaints();
});

testInBrowsers("a page that is loaded anew begins at the oldest entry that is left", async (t, browser) => {
  const { server, producer } = await startProducer(t, { options: { max_entries: 300 } });
  await producer.log(0, 1_000);
  const { retained_entries: retained } = await producer.stats();
  // Whole blocks go, a sixteenth of the journal at most.
  assert.ok(retained > 280 && retained <= 300, `${retained}`);
  const page = await openPage(t, browser, server.url);
  assertNumbered(await page.entries(retained), 1_000 - retained, 1_000);
  await page.page.reload();
  assertNumbered(await page.entries(retained), 1_000 - retained, 1_000);
  page.assertNoComplaints();
});

testInBrowsers("a page that is closed is a consumer that is gone", async (t, browser) => {
  const { server, producer } = await startProducer(t);
  const page = await openPage(t, browser, server.url);
  await producer.consumers(1);
  await page.close();
  await producer.consumers(0);
  const { reason } = await producer.event("its end", ({ event }) => event === "consumer_disconnected");
  assert.match(String(reason), /^(Left|ClosedByConsumer)$/);
  await producer.statsWhen("its sockets are closed", ({ open_sockets }) => open_sockets === 0);
});

testInBrowsers("close delivers everything first", async (t, browser) => {
  const { server, producer } = await startProducer(t);
  const page = await openPage(t, browser, server.url);
  await producer.consumers(1);
  await producer.log(0, 10_000);
  assert.equal((await producer.command("close 30000")).closed, true);
  assertNumbered(await page.entries(10_000), 0, 10_000);
  await eventually("the page shows that it has ended", async () => (await page.producers())[0]?.state === "ended");
  page.assertNoComplaints();
});
