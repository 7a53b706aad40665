/** A program that does not run for longer than anybody waits for it, as on a laptop that sleeps. */

import { assertEveryNumber } from "../lib/accounted.mjs";
import { assertNumbered } from "../lib/expected.mjs";
import { openPage, startProducer, testInBrowsers } from "./setup.mjs";

/** The server gives it up after 40 s. */
const GIVEN_UP_WITHIN_MS = 90_000;

testInBrowsers("a program that is stopped until it is given up goes on where it was", async (t, browser) => {
  const { server, producer } = await startProducer(t);
  const page = await openPage(t, browser, server.url);
  await producer.consumers(1);
  await producer.log(0, 1_000);
  await page.entries(1_000);
  // Its command waits for it to go on: the entries are there before anything else happens.
  producer.pause();
  const logged = producer.log(1_000, 2_000);
  await page.showsChips(["Test\nlost"], GIVEN_UP_WITHIN_MS);
  producer.goOn();
  await logged;
  assertNumbered(await page.entries(2_000), 0, 2_000);
  await page.showsChips(["Test"]);
  await producer.log(2_000, 3_000);
  assertNumbered(await page.entries(3_000), 0, 3_000);
  assertEveryNumber(await page.numbers(), await page.gaps(), 0, 3_000);
  page.assertNoComplaints();
});
