/** Two machines of one network: a program and its server on one, a person with a browser on the other. */

import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Browser } from "../lib/browser.mjs";
import { assertNumbered } from "../lib/expected.mjs";
import { Network } from "./network.mjs";
import { folder, produce, serve } from "./setup.mjs";

/**
 * A Chromium that is started on a machine.
 *
 * @param {import("node:test").TestContext} t
 * @param {import("./network.mjs").Machine} machine
 */
async function browserOn(t, machine) {
  const script = join(folder(t), "chromium");
  writeFileSync(script, `#!/bin/sh\nexec ${machine.inside.join(" ")} "${process.env.CHROMIUM ?? "chromium"}" "$@"\n`);
  chmodSync(script, 0o755);
  const browser = await Browser.start("chromium", script);
  t.after(() => browser.close());
  return browser;
}

test("a person on another machine opens the printed link and sees the log, and without the token learns nothing", async (t) => {
  const network = new Network(t);
  const [desk, laptop] = [network.public(), network.public()];
  const { link, child } = await serve(t, desk.machine, "0.0.0.0:8080", ["--no-stun"]);
  const printed = child.complaints.map((line) => line.match(/other machines reach it at (\S+)/)?.[1]);
  const reachable = printed.find((address) => address?.includes(desk.address));
  assert.ok(reachable, `${link}\n${child.complaints.join("\n")}`);
  const token = new URL(reachable).hash.replace("#token=", "");
  assert.notEqual(token, "");
  const url = "ws://127.0.0.1:8080/signaling";
  const producer = await produce(t, desk.machine, url, { ice_servers: "server" }, [`LOGRTC_TOKEN=${token}`]);
  await producer.log(0, 100);

  const packets = laptop.machine.countStun();
  const browser = await browserOn(t, laptop.machine);
  const page = await browser.open(reachable);
  assertNumbered(await page.entries(100), 0, 100);
  await producer.log(100, 200);
  assertNumbered(await page.entries(200), 0, 200);
  page.assertNoComplaints();
  assert.equal(packets(), 0, "the page asks no STUN server");

  const stranger = await browser.open(reachable.replace(/#.*/, ""), undefined, { storageState: undefined });
  await stranger.page.locator("#token").waitFor();
  assert.deepEqual(await stranger.producers(), []);
  assert.equal(await stranger.count(), 0);
  await stranger.page.locator("#token").fill("wrong");
  await stranger.page.locator("#token").press("Enter");
  await stranger.page.getByText("token: the server does not accept it").waitFor();
  assert.deepEqual(await stranger.producers(), []);
});
