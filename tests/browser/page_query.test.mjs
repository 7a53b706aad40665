/** What the list shows by a query, whatever else comes; in the address; by the keyboard; and at the source. */

import assert from "node:assert/strict";
import { eventually } from "../lib/deadline.mjs";
import { PageQuery } from "../lib/page_query.mjs";
import { assertAccounted } from "../lib/producer.mjs";
import { openLog } from "./page_setup.mjs";
import { testInBrowsers } from "./setup.mjs";

const COUNT = 40;
const DEVICES = ["db", "db.pool", "http", "cache"];
const LEVELS = ["DEBUG", "INFO", "WARN", "ERROR"];

/** The entry of this number. @param {number} number */
function entryOf(number) {
  return {
    timestamp: new Date(Date.UTC(2026, 0, 31, 12, 0, number)).toISOString(),
    level: LEVELS[number % 4],
    target: `shop.${DEVICES[(number >> 2) % 4]}`,
    message: `entry ${number} took ${number * 100} ms${number % 10 === 7 ? " connection timed out" : ""}`,
    fields: { number, duration_ms: number * 100, user: { name: `user ${number % 3}`, id: `u-${number % 5}` }, ok: number % 2 === 0 },
    ...(number % 8 === 0 ? { span: { id: `s${number}`, trace_id: `trace-${number % 16}` } } : {}),
  };
}

/** The numbers of entries that pass. @param {(entry: ReturnType<typeof entryOf>, number: number) => boolean} passes */
function numbersOf(passes) {
  return Array.from({ length: COUNT }, (_, number) => number).filter((number) => passes(entryOf(number), number));
}

const isLevel = (/** @type {string[]} */ ...levels) => (/** @type {{level: string}} */ { level }) => levels.includes(level);

/** @type {[query: string, passes: (entry: ReturnType<typeof entryOf>, number: number) => boolean][]} */
const QUERIES = [
  ["level:error", isLevel("ERROR")],
  ["level:warn+ shop.db", (entry) => isLevel("WARN", "ERROR")(entry) && entry.target.includes("shop.db")],
  ["target:shop.db", ({ target }) => target === "shop.db"],
  ["target:shop.db*", ({ target }) => target.startsWith("shop.db")],
  ["timed", (_, number) => number % 10 === 7],
  ['"CONNECTION timed"', (_, number) => number % 10 === 7],
  ["/took [12]\\d{3} ms/", (_, number) => number >= 10 && number < 30],
  ["duration_ms>3500", (_, number) => number > 35],
  ["duration_ms<=300", (_, number) => number <= 3],
  ["user.id:u-4 ok:true", (_, number) => number % 5 === 4 && number % 2 === 0],
  ["user.name~/^user [12]$/ -ok:false", (_, number) => number % 3 > 0 && number % 2 === 0],
  ["number:3 or number:33", (_, number) => number === 3 || number === 33],
  ["(level:error or level:warn) -target:shop.db* duration_ms>=3000", (entry, number) =>
    isLevel("WARN", "ERROR")(entry) && !entry.target.startsWith("shop.db") && number >= 30],
  ["trace:trace-8", (_, number) => number % 16 === 8],
];

testInBrowsers("a query shows what it says, and no more", async (t, browser) => {
  const { producer, page, list } = await openLog(t, browser, { context: { viewport: { width: 1280, height: 1200 } } });
  for (let number = 0; number < COUNT; number += 1) {
    await producer.command(`send ${JSON.stringify(entryOf(number))}`);
  }
  await list.shows(COUNT - 1);
  const query = new PageQuery(list);
  for (const [text, passes] of QUERIES) {
    await query.write(text);
    const expected = numbersOf(passes);
    assert.ok(expected.length > 0 && expected.length < COUNT);
    await query.shows(expected);
    await eventually("it is counted", async () => (await query.counts())[0] === expected.length);
    assert.equal((await query.counts())[1], COUNT);
  }

  // What comes is shown if it passes, at once.
  await query.write("level:error");
  await producer.command(`send ${JSON.stringify({ ...entryOf(40), level: "ERROR" })}`);
  await producer.command(`send ${JSON.stringify(entryOf(41))}`);
  await query.shows([...numbersOf(isLevel("ERROR")), 40]);

  // The address has it, and brings it back.
  await eventually("it is in the address", () => new URL(page.page.url()).searchParams.get("query") === "level:error");
  await page.page.reload();
  await query.shows([...numbersOf(isLevel("ERROR")), 40]);
  assert.equal(await query.field.inputValue(), "level:error");

  await query.write("nothing-is-called-so");
  await page.page.getByText("Nothing passes the query").waitFor();
  await page.page.getByRole("button", { name: "Show everything" }).click();
  await list.shows(41);
  assert.equal(await query.field.inputValue(), "");
  page.assertNoComplaints();
});

testInBrowsers("what is wrong in a query is underlined in its place, and the last right one stays", async (t, browser) => {
  const { producer, page, list } = await openLog(t, browser);
  for (let number = 0; number < COUNT; number += 1) {
    await producer.command(`send ${JSON.stringify(entryOf(number))}`);
  }
  await list.shows(COUNT - 1);
  const query = new PageQuery(list);
  await query.write("level:error");
  await query.shows(numbersOf(isLevel("ERROR")));
  for (const [text, wrong] of [
    ["level:error level:loud", "loud"],
    ["level:error (", "("],
    ["level:error /(/", "/(/"],
    ["level:error duration_ms>foo(", "("],
  ]) {
    await query.write(text);
    await query.wrong.waitFor();
    const found = await query.wrong.innerText();
    assert.equal(found, wrong);
    assert.equal(await query.field.getAttribute("aria-invalid"), "true");
    // Below the very letters.
    const [mark, field] = await Promise.all([query.wrong.boundingBox(), query.field.boundingBox()]);
    assert.ok(mark && field && mark.x > field.x + 60 && mark.width > 4, JSON.stringify([mark, field]));
    assert.ok((await page.page.locator("#query-wrong").innerText()).length > 10);
    await query.shows(numbersOf(isLevel("ERROR")));
  }
  // A quote that is being written is looked for already.
  const timedOut = numbersOf((entry, number) => isLevel("ERROR")(entry) && number % 10 === 7);
  await query.write('level:error "timed');
  assert.equal(await query.wrong.innerText(), '"timed');
  await query.shows(timedOut);
  await query.write("level:error timed");
  await query.wrong.waitFor({ state: "detached" });
  await query.shows(timedOut);
  page.assertNoComplaints();
});

testInBrowsers("a query is completed by the keyboard alone", async (t, browser) => {
  const { producer, page, list } = await openLog(t, browser);
  for (let number = 0; number < COUNT; number += 1) {
    await producer.command(`send ${JSON.stringify(entryOf(number))}`);
  }
  await list.shows(COUNT - 1);
  const query = new PageQuery(list);
  await page.page.keyboard.press("/");
  assert.ok(await query.field.evaluate((field) => field === document.activeElement), "/ leads to the query");
  assert.equal(await query.field.inputValue(), "");
  await page.page.keyboard.type("targ");
  await query.choices.filter({ hasText: "target:" }).waitFor();
  await page.page.keyboard.press("ArrowDown");
  await page.page.keyboard.press("Enter");
  assert.equal(await query.field.inputValue(), "target:");
  await page.page.keyboard.type("pool");
  const choice = query.choices.filter({ hasText: "shop.db.pool" });
  await choice.waitFor();
  assert.match(await choice.innerText(), /\b12\b/, "how many there are");
  await page.page.keyboard.press("ArrowDown");
  const active = await query.field.getAttribute("aria-activedescendant");
  assert.equal(await page.page.locator(`#${active}`).getAttribute("aria-selected"), "true");
  await page.page.keyboard.press("Enter");
  assert.equal(await query.field.inputValue(), "target:shop.db.pool ");
  await query.shows(numbersOf(({ target }) => target === "shop.db.pool"));
  // A field with its values.
  await page.page.keyboard.type("user.na");
  await query.choices.filter({ hasText: "user.name:" }).waitFor();
  await page.page.keyboard.press("ArrowDown");
  await page.page.keyboard.press("Tab");
  await page.page.keyboard.type("2");
  await query.choices.filter({ hasText: "user 2" }).waitFor();
  await page.page.keyboard.press("ArrowDown");
  await page.page.keyboard.press("Enter");
  await query.shows(numbersOf(({ target }, number) => target === "shop.db.pool" && number % 3 === 2));
  page.assertNoComplaints();
});

testInBrowsers("a level and a target at the source: the program sends nothing else", async (t, browser) => {
  const { producer, page, list } = await openLog(t, browser);
  await producer.log(0, 40);
  await list.shows(39);
  await page.page.getByRole("button", { name: "WARN", exact: true }).click();
  await page.page.getByRole("button", { name: "at the source" }).click();
  await page.page.locator(".status .source").getByText("WARN+").waitFor();
  const consumer = async () => {
    assert.ok(await producer.flush(10_000));
    return (await producer.stats()).consumers[0];
  };
  // The filter is asked for before anything is logged that it is to leave out.
  await eventually("the program leaves something out", async () => {
    await producer.log(40, 44);
    return (await consumer()).filtered > 0;
  });
  const before = await consumer();
  await producer.log(1_000, 1_400);
  await list.shows(1_399);
  const after = await consumer();
  assertAccounted(after);
  assert.equal(after.filtered - before.filtered, 200);
  await eventually("the page says so", async () => {
    const [{ filtered, lost }] = await page.page.evaluate("logrtc.producers()");
    assert.equal(lost, 0);
    return filtered === after.filtered && /left out at the source/.test(await page.page.locator("#counts .filtered").innerText());
  });
  const levels = await list.rowsElement.locator(".row .level").allInnerTexts();
  assert.ok(levels.every((level) => level === "WARN" || level === "ERROR"), `${levels}`);
  await page.page.getByRole("button", { name: "at the source" }).click();
  await page.page.getByRole("button", { name: "WARN", exact: true }).click();
  await page.page.locator(".status .source").getByText("everything").waitFor();
  await eventually("everything comes again", async () => {
    const { filtered } = await consumer();
    await producer.log(2_000, 2_001);
    return (await consumer()).filtered === filtered;
  });
  page.assertNoComplaints();
});
