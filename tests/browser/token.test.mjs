/** The page at a server that wants a token: it has it from the link, keeps it, and asks for it. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../lib/deadline.mjs";
import { Producer } from "../lib/producer.mjs";
import { Server } from "../lib/server.mjs";
import { openPage, testInBrowsers } from "./setup.mjs";

const TOKEN = "0123456789abcdef";

testInBrowsers("a token opens the log, from a link and from the form, and without one nothing is told", async (t, browser) => {
  const folder = mkdtempSync(join(tmpdir(), "logrtc-token-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "tokens");
  writeFileSync(file, `${TOKEN}\n`);
  const server = await Server.start(0, "serve", "127.0.0.1", [], ["--token-file", file]);
  t.after(() => server.kill());
  const producer = new Producer(server.signalingUrl, { through: ["env", `LOGRTC_TOKEN=${TOKEN}`] });
  t.after(() => producer.stop());
  await producer.registered();
  await producer.log(0, 10);

  const linked = await openPage(t, browser, `${server.url}#token=${TOKEN}`);
  await linked.entries(10);
  assert.ok(!linked.page.url().includes(TOKEN), "the token is no longer in the address");
  await linked.page.reload();
  await linked.entries(10);
  linked.assertNoComplaints();

  // Another browser profile, which has kept nothing.
  const asked = await openPage(t, browser, server.url);
  const field = asked.page.locator("#token");
  await field.waitFor();
  assert.deepEqual(await asked.producers(), []);
  await field.fill("wrong");
  await field.press("Enter");
  await asked.page.getByText("token: the server does not accept it").waitFor();
  await field.waitFor();
  assert.deepEqual(await asked.producers(), []);
  await field.fill(`${server.url}#token=${TOKEN}`);
  await asked.page.locator(".token-form button").click();
  await asked.entries(10);
  await eventually("the form is gone", async () => (await field.count()) === 0);
  asked.assertNoComplaints();

  // A link that would tell it to the server, and to its log.
  const misplaced = await openPage(t, browser, `${server.url}?token=${TOKEN}`);
  await misplaced.page.getByText("it belongs behind #").waitFor();
  assert.deepEqual(await misplaced.producers(), []);
});
