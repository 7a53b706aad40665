/** Whatever a log says, the page shows it as text, in rows of one height, and nothing of it takes effect. */

import assert from "node:assert/strict";
import { after } from "node:test";
import { HandMadeProducer } from "../bench/hand_made_producer.mjs";
import { cleanup } from "../lib/data_channel_consumer.mjs";
import { eventually } from "../lib/deadline.mjs";
import { PageList } from "../lib/page_list.mjs";
import { openLog, pageUrl, server } from "./page_setup.mjs";
import { openPage, testInBrowsers } from "./setup.mjs";

after(() => cleanup());

/** @type {[text: string, shown: RegExp][]} what a row must show of it */
const TEXTS = [
  ["<img src=x onerror=\"document.title='owned'\">", /<img src=x onerror="document.title='owned'">/],
  ["<script>document.title='owned'</script>", /<script>document.title='owned'<\/script>/],
  ["</pre></div><h1>owned</h1>", /<\/pre><\/div><h1>owned<\/h1>/],
  ["<style>*{display:none}</style><a href=javascript:alert(1)>x</a>", /<style>\*/],
  ["\u001b[31mred\u001b[0m and \u001b[1;38;5;200mpink", /red and pink/],
  ["\u001b]0;owned\u0007title", /title/],
  ["\u001b]8;;https://example.com\u0007link\u001b]8;;\u0007", /link/],
  ["\u001b]8;;javascript:alert(1)\u001b\\click\u001b]8;;\u001b\\", /click/],
  ["\u001b[2J\u001b[H\u001b[?1049hscreen", /screen/],
  ["\u202eowned\u202c \u2066isolated", /owned/],
  ["a\u0000b\u0007c\u007fd", /a\u2400b\u2407c\u2421d/],
  ["two\r\nlines\nand\u2028three", /two.*lines.*and.*three/],
  ["a\ttab", /a tab/],
  ["long ".padEnd(60_000, "x"), /long x{100}/],
  ["שלום עולם مرحبا بالعالم", /שלום/],
  ["e\u0301 ́ 👩‍👩‍👧‍👦 \ufeff\u200b", /e\u0301/],
  ["Z̷̢̛̖a̸͙͠l̵̰͝g̴͎̈o̵̱͛".repeat(20), /Z/],
  ["{{constructor.constructor('return 1')()}} ${7*7} %s%n", /\{\{constructor/],
  ["", /^/],
];

/** Elements and links that no row may have, and rows of one height in a gapless column. @param {PageList} list */
async function assertOnlyText(list) {
  for (const element of ["img", "script", "h1", "style", "a", "iframe"]) {
    assert.equal(await list.rowsElement.locator(element).count(), 0, element);
  }
  const rows = await list.rows();
  assert.equal(new Set(rows.map(({ height }) => height)).size, 1, "one height");
  for (const [index, { top, height }] of rows.entries()) {
    assert.ok(index === 0 || Math.abs(top - rows[index - 1].top - height) < 0.5, `row ${index} is at ${top}`);
  }
  const wide = await list.scroller.evaluate((element) => element.scrollWidth - element.clientWidth);
  assert.equal(wide, 0, "nothing sticks out");
}

testInBrowsers("text of the log is only ever text", async (t, browser) => {
  const { producer, page, list } = await openLog(t, browser);
  const policy = page.headers["content-security-policy"] ?? "";
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /script-src 'self'/);
  assert.match(policy, /require-trusted-types-for 'script'/);
  assert.doesNotMatch(policy, /'unsafe-(inline|eval)'|unsafe-hashes/);
  assert.equal(page.headers["x-content-type-options"], "nosniff");
  const title = await page.page.title();
  for (const [text] of TEXTS) {
    const beginning = text.slice(0, 200);
    const entry = {
      timestamp: "2026-01-01T00:00:00.000Z",
      level: "ERROR",
      target: beginning === "" ? "empty" : beginning,
      message: text,
      fields: { [beginning]: beginning, constructor: { __proto__x: beginning }, toString: beginning },
      span: { id: beginning, trace_id: beginning === "" ? "none" : beginning },
    };
    await producer.command(`send ${JSON.stringify(entry)}`);
  }
  const entries = await page.entries(TEXTS.length);
  assert.deepEqual(
    entries.map(({ message }) => message),
    TEXTS.map(([text]) => text),
  );
  await eventually("all rows are in sight", async () => (await list.rows()).length >= TEXTS.length);
  await assertOnlyText(list);
  const rows = await list.rowsElement.locator("[role=row]:not(.live)").all();
  const panel = page.page.locator(".panel");
  for (const [index, [, shown]] of TEXTS.entries()) {
    const text = (await rows[index].textContent()) ?? "";
    assert.match(text, shown, `row ${index}`);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    assert.doesNotMatch(text, /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u2028\u2029]/, `row ${index}`);
    await rows[index].click({ position: { x: 200, y: 10 } });
    await panel.locator(".panel-body").waitFor();
    for (const element of ["img", "script", "h1", "style", "iframe"]) {
      assert.equal(await panel.locator(element).count(), 0, element);
    }
    const links = await panel.locator("a").evaluateAll((all) => all.map((link) => link.getAttribute("href") ?? ""));
    assert.deepEqual(links.filter((href) => /^(javascript|data|https?):/i.test(href)), []);
  }
  // The facets, too.
  await page.page.keyboard.press("Escape");
  await page.page.getByRole("button", { name: "facets" }).click();
  for (const tab of ["Targets", "Fields", "Patterns"]) {
    await page.page.getByRole("tab", { name: tab }).click();
    await page.page.locator(".side button.facet-only, .side .pattern, .side .fold").first().waitFor();
    for (const element of ["img", "script", "h1:not(.brand)", "style"]) {
      assert.equal(await page.page.locator(`#side-content ${element}`).count(), 0, element);
    }
  }
  assert.equal(await page.page.title(), title);
  page.assertNoComplaints();
});

/** What is no entry: as it comes, and what a row must show of it. @type {[line: string, shown: RegExp][]} */
const LINES = [
  ["plain text", /plain text/],
  ['{"timestamp":"2026-01-01T00:00:00.000Z","level":"INFO","target":"t"', /"level":"INFO"/],
  ["[1,2,3]", /\[1,2,3\]/],
  ["null", /null/],
  ['"a string"', /"a string"/],
  ["{}", /\{\}/],
  ['{"message":"no level"}', /no level/],
  ["<b>not bold</b>\u001b[31m", /<b>not bold<\/b>/],
  [`${"{".repeat(5_000)}`, /\{{20}/],
];

/** What is one, hardly. @type {[line: string, shown: RegExp][]} */
const ODD = [
  ['{"timestamp":"2026-01-01T00:00:00.000Z","level":"INFO","target":"t","message":"lone \\ud800 surrogate"}', /lone . surrogate/u],
  ['{"timestamp":"yesterday","level":"INFO","target":"t","message":"no time"}', /—.*no time/],
  ['{"timestamp":"2026-01-01T00:00:00.000Z","level":"INFO","target":"t","message":"twice","message":"the last"}', /the last/],
  ['{"timestamp":"2026-01-01T00:00:00.000Z","level":"INFO","target":"t","message":"big","fields":{"n":1e999,"m":9007199254740993}}', /9007199254740993/],
];

testInBrowsers("what is no entry is shown as it came, and counted", async (t, browser) => {
  const producer = new HandMadeProducer(server().signalingUrl);
  t.after(() => producer.stop());
  const page = await openPage(t, browser, pageUrl({ producer: "by-hand" }));
  const list = new PageList(page.page);
  for (const [line] of [...LINES, ...ODD]) {
    await producer.send(line);
  }
  await page.page.locator("#counts .malformed").getByText(`${LINES.length} malformed`).waitFor();
  await eventually("all rows are in sight", async () => (await list.rows()).length >= LINES.length + ODD.length);
  await assertOnlyText(list);
  const rows = await list.rowsElement.locator("[role=row]:not(.live)").all();
  const panel = page.page.locator(".panel");
  for (const [index, [line, shown]] of [...LINES, ...ODD].entries()) {
    assert.match((await rows[index].textContent()) ?? "", shown, `row ${index}`);
    assert.equal(await rows[index].evaluate((row) => row.classList.contains("level-raw")), index < LINES.length, line.slice(0, 80));
    await rows[index].click({ position: { x: 200, y: 10 } });
    await panel.locator(".panel-body").waitFor();
  }
  page.assertNoComplaints();
});
