import assert from "node:assert/strict";
import { Server } from "../lib/server.mjs";
import { openPage, testInBrowsers } from "./setup.mjs";

testInBrowsers("the demo shows a shop that logs", async (t, browser) => {
  const server = await Server.start(0, "demo");
  t.after(() => server.kill());
  const page = await openPage(t, browser, server.url);
  const entries = await page.entries(20);
  for (const entry of entries) {
    assert.match(String(entry.target), /^shop::/);
    assert.match(String(entry.message), /./);
  }
  assert.deepEqual(await page.producers(), [{ id: "shop", state: "connected" }]);
  await page.page.locator("#rows").getByText("shop::", { exact: false }).first().waitFor();
  page.assertNoComplaints();
});
