/** Trouble is said where it is: a path that does not open, a program and a server that are gone. */

import assert from "node:assert/strict";
import { eventually } from "../lib/deadline.mjs";
import { PageList } from "../lib/page_list.mjs";
import { PathlessProducer } from "../lib/pathless_producer.mjs";
import { Producer } from "../lib/producer.mjs";
import { Server } from "../lib/server.mjs";
import { openPage, testInBrowsers } from "./setup.mjs";

const SERVER_IS_LOST = /WebSocket connection to .* failed|establish a connection|was interrupted|ICE failed/;

testInBrowsers("a path that does not open, a lost program and a lost server are said with what helps", async (t, browser) => {
  const server = await Server.start();
  t.after(() => server.kill());
  const pathless = new PathlessProducer(server.signalingUrl, "far");
  t.after(() => pathless.stop());
  await pathless.registered();
  const producer = new Producer(server.signalingUrl, { clientId: "near" });
  t.after(() => producer.stop());
  await producer.registered();
  const page = await openPage(t, browser, server.url);
  const list = new PageList(page.page);
  await producer.consumers(1);
  await producer.log(0, 20);
  await list.shows(19);
  const before = (await list.rows()).map(({ top }) => top);

  const bar = page.page.locator(".trouble.noPath");
  await bar.waitFor();
  const words = await bar.innerText();
  assert.match(words, /^Far away: the server knows the program, but no path to it opens\.\s/);
  assert.match(words, /This browser offered its own addresses.*, the program its own addresses, and no pair of these connects/);
  assert.deepEqual((await list.rows()).map(({ top }) => top).slice(0, 5), before.slice(0, 5), "no row moves");
  pathless.stop();
  await bar.waitFor({ state: "detached" });

  // The program ends without a word, and its entries stay.
  await producer.stop();
  await eventually("it is lost", async () => (await page.chips()).some((chip) => /^Test\nlost$/.test(chip)));
  assert.ok((await list.numbers()).includes(19));
  await server.kill();
  await page.page.locator(".trouble.lost").getByText("The server is lost. What the page holds stays.").waitFor();
  assert.equal(await page.page.locator("#signaling").innerText(), "server lost");
  page.assertNoComplaints(SERVER_IS_LOST);
});
