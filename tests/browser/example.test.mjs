import assert from "node:assert/strict";
import { Child, builtProgram } from "../lib/child.mjs";
import { Server } from "../lib/server.mjs";
import { openPage, testInBrowsers } from "./setup.mjs";

testInBrowsers("the Rust example of the protocol stands in the page", async (t, browser) => {
  const server = await Server.start();
  t.after(() => server.kill());
  const program = builtProgram({ name: "rust_app", package: "logrtc-example", override: "LOGRTC_RUST_EXAMPLE" });
  const example = new Child("env", [`LOGRTC_URL=${server.signalingUrl}`, program], () => {});
  t.after(() => example.kill());
  const page = await openPage(t, browser, server.url);
  const [{ timestamp, ...entry }] = await page.entries(1);
  assert.deepEqual(entry, { level: "INFO", target: "rust_app::main", message: "应用程序启动" });
  assert.ok(Math.abs(Date.now() - Date.parse(timestamp)) < 60_000);
  assert.deepEqual(await page.producers(), [{ id: "rust_app", state: "connected" }]);
  page.assertNoComplaints();
});
