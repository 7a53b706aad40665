import assert from "node:assert/strict";
import { openPage, startProducer, testInBrowsers } from "./setup.mjs";

const TEXTS = [
  "<img src=x onerror=\"document.title='owned'\">",
  "<script>document.title='owned'</script>",
  "</pre></div><h1>owned</h1>",
  "\u001b[31mred\u001b[0m \u001b]0;owned\u0007",
  "\u202eowned\u202c",
  "a\u0000b\r\nc\td",
  `long ${"x".repeat(60_000)}`,
];

testInBrowsers("text of the log is text in the page, whatever it says", async (t, browser) => {
  const { server, producer } = await startProducer(t);
  const page = await openPage(t, browser, server.url);
  const policy = page.headers["content-security-policy"] ?? "";
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /script-src 'self'/);
  assert.doesNotMatch(policy, /unsafe/);
  assert.equal(page.headers["x-content-type-options"], "nosniff");

  await producer.consumers(1);
  const title = await page.page.title();
  for (const text of TEXTS) {
    const beginning = text.slice(0, 200);
    const entry = {
      timestamp: "2026-01-01T00:00:00.000Z",
      level: "ERROR",
      target: beginning,
      message: text,
      fields: { [beginning]: beginning },
      span: { id: beginning },
    };
    await producer.command(`send ${JSON.stringify(entry)}`);
  }
  const entries = await page.entries(TEXTS.length);
  assert.deepEqual(
    entries.map(({ message }) => message),
    TEXTS,
  );
  // A row shows the beginning of an entry, and the opened entry all of it.
  const rows = page.page.locator("#rows");
  for (const [index, text] of TEXTS.entries()) {
    const row = rows.locator(`article[data-index="${index}"]`);
    await row.locator("button.toggle").click();
    const json = await row.locator("pre.json").textContent();
    assert.equal(JSON.parse(json ?? "").message, text);
    for (const element of ["img", "script", "h1"]) {
      assert.equal(await rows.locator(element).count(), 0, element);
    }
    await row.locator("button.toggle").click();
  }
  assert.equal(await page.page.title(), title);
  page.assertNoComplaints();
});
