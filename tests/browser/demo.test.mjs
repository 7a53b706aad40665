import assert from "node:assert/strict";
import { test } from "node:test";
import { Server } from "../lib/server.mjs";
import { openPage } from "./setup.mjs";

test("the demo shows a shop that logs", async (t) => {
  const server = await Server.start(0, "demo");
  t.after(() => server.kill());
  const page = await openPage(t, server.url);
  const entries = await page.entries(20);
  for (const entry of entries) {
    assert.match(entry.target, /^shop::/);
    assert.ok(entry.message.length > 0);
  }
  assert.deepEqual(await page.producers(), [{ id: "shop", state: "connected" }]);
  await page.page.locator("#rows").getByText("shop::", { exact: false }).first().waitFor();
  page.assertNoComplaints();
});
