/** The panel shows an entry whole, as it was sent, and leads on from each of its values. */

import assert from "node:assert/strict";
import { pasted } from "../lib/clipboard.mjs";
import { eventually } from "../lib/deadline.mjs";
import { PageQuery } from "../lib/page_query.mjs";
import { Steady } from "../lib/steady.mjs";
import { openLog } from "./page_setup.mjs";
import { testInBrowsers } from "./setup.mjs";

const STACK = [
  "Error: connection refused",
  "    at connect (/srv/shop/src/db.js:41:13)",
  ...Array.from({ length: 6 }, (_, line) => `    at step${line} (/srv/shop/node_modules/pg/lib/client.js:${line + 10}:5)`),
  "    at main (/srv/shop/src/main.js:7:3)",
].join("\n");

// Not by JSON.stringify: these digits are no numbers of JavaScript, and the spaces are the program's.
const ENTRY =
  '{"timestamp":"2026-01-31T12:00:00.123Z","level":"ERROR","target":"shop.db", "message":"\\u001b[31mfailed\\u001b[0m plainly",' +
  '"fields":{"exact":9007199254740993,"huge":1180591620717411303424,"small":0.10000000000000000001,"user":{"id":"u-7","tags":["a","b"]},' +
  `"error":{"stack":${JSON.stringify(STACK)}},"code.file.path":"/srv/shop/src/db.js","code.line.number":41,"body":"${"word ".repeat(8_000)}"},` +
  '"span":{"id":"s1","trace_id":"t-1"}}';

testInBrowsers("an entry stands in the panel with every digit, colour and frame", async (t, browser) => {
  const { producer, page, list } = await openLog(t, browser);
  await producer.log(0, 3);
  await producer.command(`send ${ENTRY}`);
  const row = list.row("plainly");
  await row.waitFor();
  assert.doesNotMatch((await row.textContent()) ?? "", /code\.file|\[31m/, "what repeats stays in the panel");
  assert.equal(await row.locator(".ansi-1").innerText(), "failed");
  await row.click({ position: { x: 300, y: 10 } });

  const panel = page.page.locator(".panel");
  await panel.getByText("9007199254740993", { exact: true }).waitFor();
  await panel.getByText("1180591620717411303424", { exact: true }).waitFor();
  await panel.getByText("0.10000000000000000001", { exact: true }).waitFor();
  assert.equal(await panel.locator(".message .ansi-1").first().innerText(), "failed");
  assert.match(await panel.locator(".panel-facts").innerText(), /ERROR[\s\S]*shop\.db[\s\S]*db\.js:41/);
  // The program's own frames, and one line for those of the library.
  const lines = panel.locator(".stack-line");
  assert.equal(await lines.count(), 3);
  await panel.getByText("6 lines of libraries").click();
  assert.equal(await lines.count(), STACK.split("\n").length);
  assert.equal((await lines.allInnerTexts()).join("\n"), STACK);
  // The tree folds.
  const user = panel.getByRole("button", { name: /^user/ });
  assert.equal(await user.getAttribute("aria-expanded"), "true");
  await panel.getByText("u-7", { exact: true }).waitFor();
  await user.click();
  assert.equal(await panel.getByText("u-7", { exact: true }).count(), 0);
  await user.click();

  // A long value is folded.
  const body = panel.locator(".member").filter({ hasText: "body" });
  const heightOf = async () => (await body.boundingBox())?.height ?? 0;
  assert.ok((await heightOf()) < 250, `${await heightOf()} px`);
  await body.getByRole("button", { name: "Show all 40\u2009000 characters" }).click();
  await eventually("it is whole", async () => (await heightOf()) > 2_000);
  await body.getByRole("button", { name: "Show less" }).click();
  await eventually("it is folded", async () => (await heightOf()) < 250);

  await panel.getByRole("button", { name: "JSON", exact: true }).click();
  await panel.getByRole("button", { name: "As sent" }).click();
  const shown = await panel.locator(".json pre").textContent();
  await panel.getByRole("button", { name: "Copy the JSON" }).click();
  await panel.getByRole("button", { name: "Copied" }).waitFor();
  const copied = await pasted(browser, page.page);
  assert.equal(copied, shown);
  assert.deepEqual(JSON.parse(copied), JSON.parse(ENTRY));
  for (const digits of ["9007199254740993", "1180591620717411303424", "0.10000000000000000001"]) {
    assert.ok(copied.includes(`:${digits}`), digits);
  }
  page.assertNoComplaints();
});

testInBrowsers("a value of the panel is a term of the query and a column", async (t, browser) => {
  const { producer, page, list } = await openLog(t, browser);
  await producer.log(0, 60);
  await list.shows(59);
  const query = new PageQuery(list);
  const panel = page.page.locator(".panel");
  await list.row("entry 57 ").click({ position: { x: 300, y: 10 } });
  const member = panel.locator(".member").filter({ hasText: "odd" });
  await member.hover();
  await member.getByRole("button", { name: "Show only entries with this value" }).click();
  await query.field.evaluate((field) => /** @type {HTMLInputElement} */ (field).value);
  await eventually("it is in the query", async () => (await query.field.inputValue()) === "odd:true");
  await eventually("only those are shown", async () => {
    const numbers = await list.numbers();
    return numbers.length > 10 && numbers.every((number) => number === undefined || number % 2 === 1);
  });
  assert.ok((await list.numbers()).includes(57), "what is read stays in sight");
  await member.hover();
  await member.getByRole("button", { name: "Leave out entries with this value" }).click();
  await eventually("it is turned round", async () => (await query.field.inputValue()) === "-odd:true");
  // The entry is still in the panel, though the list leaves it out; it is found again among all others.
  await panel.getByRole("button", { name: "In context" }).click();
  await eventually("the query is gone", async () => (await query.field.inputValue()) === "");
  await list.shows(57);

  const number = panel.locator(".member").filter({ hasText: "number" });
  await number.hover();
  await number.getByRole("button", { name: "Show as a column" }).click();
  await page.page.locator(".list-header").getByText("number").waitFor();
  await eventually("the column has its values", async () => {
    return (await list.row("entry 57 ").locator(".column").innerText()) === "57";
  });
  await eventually("it is in the address", () => new URL(page.page.url()).searchParams.get("column") === "number");
  await page.page.reload();
  await list.shows(59);
  await eventually("the column is back", async () => (await list.row("entry 59 ").locator(".column").innerText()) === "59");
  await page.page.getByRole("button", { name: "Remove the column number" }).click();
  await page.page.locator(".list-header").getByText("number").waitFor({ state: "detached" });
  page.assertNoComplaints();
});

testInBrowsers("the panel is walked through by the keyboard, and a trace is a waterfall", async (t, browser) => {
  const { producer, page, list } = await openLog(t, browser);
  const spans = [
    { id: "root", ms: 0, took: 100, message: "request" },
    { id: "query", parent_id: "root", ms: 10, took: 40, message: "select" },
    { id: "render", parent_id: "root", ms: 60, took: 30, message: "template" },
  ];
  await producer.log(0, 30);
  for (const { id, parent_id, ms, took, message } of spans) {
    await producer.command(
      `send ${JSON.stringify({
        timestamp: new Date(Date.UTC(2026, 0, 31, 12) + ms + took).toISOString(),
        level: "INFO",
        target: "shop",
        message,
        fields: { duration_ms: took },
        span: { id, trace_id: "abc", ...(parent_id ? { parent_id } : {}) },
      })}`,
    );
  }
  await list.row("template").waitFor();
  await page.page.keyboard.press("k");
  await page.page.keyboard.press("Enter");
  const panel = page.page.locator(".panel");
  const message = panel.locator("pre.message");
  await message.getByText("template").waitFor();
  await page.page.keyboard.press("k");
  await message.getByText("select").waitFor();
  await page.page.keyboard.press("k");
  await message.getByText("request").waitFor();
  await page.page.keyboard.press("k");
  await message.getByText("entry 29 ").waitFor();
  await page.page.keyboard.press("Shift+N");
  await message.getByText("entry 27 ").waitFor();
  for (let step = 0; step < 4; step += 1) await page.page.keyboard.press("j");
  await message.getByText("select").waitFor();

  await panel.getByRole("button", { name: "Trace", exact: true }).click();
  const bars = panel.locator(".bar-line");
  await eventually("three bars", async () => (await bars.count()) >= 3);
  assert.match(await bars.nth(0).innerText(), /request/);
  const [root, query, render] = await Promise.all([0, 1, 2].map((index) => bars.nth(index).locator(".span-bar").boundingBox()));
  assert.ok(root && query && render);
  assert.ok(root.x <= query.x && query.x + query.width <= render.x + 2, "in their order");
  assert.ok(root.width > query.width * 2 && query.width > render.width, "as long as they took");
  await page.page.keyboard.press("Escape");
  await message.getByText("select").waitFor();
  await page.page.keyboard.press("Escape");
  await eventually("the panel is closed", async () => (await panel.count()) === 0);
  page.assertNoComplaints();
});

testInBrowsers("an entry in context is selected and in sight, far from where the query had it", async (t, browser) => {
  const { producer, page, list } = await openLog(t, browser, { parameters: { query: "odd:true number<2000" } });
  await producer.log(0, 4_000);
  await list.shows(1_999);
  const query = new PageQuery(list);
  // While more comes, the store's word that the view is another one may come after the rows.
  const steady = new Steady(producer, 4_000, 50);
  const isCurrent = page.page.locator("#rows > .selected");
  for (const number of [1_981, 1_985, 1_991]) {
    await list.row(`entry ${number} `).click({ position: { x: 300, y: 10 } });
    await page.page.locator(".panel").getByRole("button", { name: "In context" }).click();
    await eventually("the query is gone", async () => (await query.field.inputValue()) === "");
    await eventually("all is counted", async () => / entries held/.test(await page.page.locator("#counts").innerText()));
    await list.shows(number - 1);
    // It stays there, in whichever order the store's answers came.
    await page.page.evaluate(async () => {
      for (let frame = 0; frame < 20; frame += 1) await new Promise((drawn) => requestAnimationFrame(drawn));
    });
    assert.ok((await list.numbers()).includes(number - 1), `${await list.numbers()}`);
    assert.match(await isCurrent.innerText(), new RegExp(`entry ${number} `));
    await query.write("odd:true number<2000");
    await list.follow();
    await list.shows(1_999);
  }
  await steady.stop();
  page.assertNoComplaints();
});
