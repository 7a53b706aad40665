/** What a program logs that ends at once stands in a page that is open, each time. */

import assert from "node:assert/strict";
import { assertNumbered } from "../lib/expected.mjs";
import { Producer } from "../lib/producer.mjs";
import { SERVERS, openPage, testInBrowsers } from "./setup.mjs";

const RUNS = 20;

for (const { called, start } of SERVERS) {
  testInBrowsers(`a program that logs one line and ends shows it: ${called}`, async (t, browser) => {
    const { signalingUrl, pageUrl, name } = await start(t);
    const page = await openPage(t, browser, pageUrl);
    const first = new Producer(signalingUrl);
    t.after(() => first.stop());
    // The page is a consumer from here on.
    await first.consumers(1);
    await first.command("close 10000");

    /** @type {number[]} */
    const times = [];
    for (let number = 0; number < RUNS; number += 1) {
      const program = new Producer(signalingUrl);
      t.after(() => program.stop());
      const [, answer] = await Promise.all([program.log(number, number + 1), program.command("close 10000")]);
      assert.equal(answer.closed, true, `run ${number}`);
      times.push(answer.took_ms);
      await program.stop();
    }
    assertNumbered(await page.entries(RUNS), 0, RUNS);
    await page.showsChips([`${name}\nended`]);
    const sorted = times.map(Math.round).toSorted((a, b) => a - b);
    t.diagnostic(`close took, in ms: median ${sorted[RUNS >> 1]}, longest ${sorted.at(-1)}`);
    page.assertNoComplaints();
  });
}
