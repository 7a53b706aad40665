/** The flight recorder: what was left out at the source is brought back around an entry, and shown in its context. */

import assert from "node:assert/strict";
import { eventually } from "../lib/deadline.mjs";
import { PageQuery } from "../lib/page_query.mjs";
import { openLog } from "./page_setup.mjs";
import { testInBrowsers } from "./setup.mjs";

testInBrowsers("DEBUG is brought around an entry, and the filter at the source outlives its context", async (t, browser) => {
  const { producer, page, list } = await openLog(t, browser);
  const query = new PageQuery(list);
  await query.write("level:warn+");
  await page.page.getByRole("button", { name: "at the source" }).click();
  const source = page.page.locator(".status .source");
  await source.getByText("WARN+").waitFor();
  const isFiltered = async () => {
    assert.ok(await producer.flush(10_000));
    return (await producer.stats()).consumers[0].filtered > 0;
  };
  let next = 0;
  await eventually("the program leaves something out", async () => {
    next += 4;
    await producer.log(next - 4, next);
    return await isFiltered();
  });
  await producer.log(1_000, 1_100);
  await list.shows(1_099);
  assert.ok((await list.numbers()).every((number) => number === undefined || number % 4 >= 2));

  await list.row("entry 1087 ").click({ position: { x: 300, y: 10 } });
  const panel = page.page.locator(".panel");
  await panel.getByRole("button", { name: "Bring DEBUG around here" }).click();
  await panel.getByText(/^\d+ entries brought; /).waitFor();
  const counts = page.page.locator("#counts .held");
  await eventually("they are held, and not shown", async () => /^\d+ shown of \d+ held$/.test((await counts.innerText()).replaceAll("\u2009", "")));
  assert.equal((await list.row("entry 1088 ").count()), 0);

  await panel.getByRole("button", { name: "In context" }).click();
  await list.row("entry 1088 ").waitFor();
  const numbers = (await list.numbers()).filter((number) => number !== undefined);
  assert.ok(numbers.every((number, index) => index === 0 || number === numbers[index - 1] + 1), `in their place: ${numbers}`);
  assert.match((await list.row("entry 1088 ").getAttribute("class")) ?? "", /fetched/);
  assert.doesNotMatch((await list.row("entry 1087 ").getAttribute("class")) ?? "", /fetched/);
  // What is not asked for again is still left out by the program.
  const before = (await producer.stats()).consumers[0].filtered;
  await producer.log(2_000, 2_040);
  await eventually("the program goes on leaving out", async () => {
    assert.ok(await producer.flush(10_000));
    return (await producer.stats()).consumers[0].filtered === before + 20;
  });
  assert.match(await source.innerText(), /WARN\+/);

  await panel.getByRole("button", { name: "In context" }).click();
  await eventually("the query is back", async () => (await query.field.inputValue()) === "level:warn+");
  await eventually("it is applied", async () => (await list.numbers()).every((number) => number === undefined || number % 4 >= 2));
  assert.match(await source.innerText(), /WARN\+/);
  page.assertNoComplaints();
});
