/**
 * Programs with the OpenTelemetry SDKs of Python, Node.js and Go, set up by the variables that docs/server.md shows, and what
 * of their logs and spans arrives.
 */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Browser } from "../lib/browser.mjs";
import { Child, builtProgram } from "../lib/child.mjs";
import { eventually, within } from "../lib/deadline.mjs";
import { Server } from "../lib/server.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const BUILT = join(process.env.CARGO_TARGET_DIR ?? join(ROOT, "target"), "otlp");

const PROGRAMS = {
  python: [join(BUILT, "venv/bin/python"), join(ROOT, "tests/otlp/python/program.py")],
  node: [process.execPath, join(ROOT, "tests/otlp/node/program.mjs")],
  go: [join(BUILT, "program")],
};
const EXCEPTIONS = { python: "ValueError: no money", node: "RangeError: no money", go: "*errors.errorString: no money" };
const TRACE_ID = /^[0-9a-f]{32}$/;
const SPAN_ID = /^[0-9a-f]{16}$/;

/** @typedef {{id: string, trace_id: string, parent_id?: string}} Span */
/** @typedef {{level: string, target: string, message: string, fields: Record<string, any>, span: Span}} Entry */

/** Goes with the test. */
const folder = mkdtempSync(join(tmpdir(), "logrtc-otlp-"));
/** @type {Server} */
let server;
/** @type {Child} */
let tail;
/** What tail has written. @type {Entry[]} */
const entries = [];

before(async () => {
  writeFileSync(join(folder, "tokens"), "t0k\n");
  server = await Server.start(0, "serve", "127.0.0.1", [], ["--otlp", "--token-file", join(folder, "tokens")]);
  const program = builtProgram({ name: "logrtc", package: "logrtc-viewer", override: "LOGRTC_SERVER" });
  tail = new Child(program, ["tail", "--json", `${server.url}#token=t0k`], (line) => entries.push(JSON.parse(line)));
});

after(async () => {
  await tail?.kill();
  await server?.kill();
  rmSync(folder, { recursive: true });
});

/** The environment that the documentation has a user set, for this server. @param {string} service */
function documented(service) {
  const docs = readFileSync(join(ROOT, "docs/server.md"), "utf8");
  const [, block] = /```sh\n(export OTEL_EXPORTER_OTLP_ENDPOINT=[^`]*)```/.exec(docs) ?? [];
  assert.ok(block, "docs/server.md shows the variables");
  let script = block;
  for (const [shown, own] of [
    ["https://logs.example.com:8443", server.url.replace(/\/$/, "")],
    ["producers.token", join(folder, "tokens")],
    ["OTEL_SERVICE_NAME=checkout", `OTEL_SERVICE_NAME=${service}`],
  ]) {
    assert.ok(script.includes(shown), `the variables have ${shown}`);
    script = script.replace(shown, own);
  }
  const shown = execFileSync("sh", ["-ec", `${script}\nenv -0`], { encoding: "utf8" });
  return Object.fromEntries(
    shown
      .split("\0")
      .filter((variable) => variable.includes("="))
      .map((variable) => [variable.slice(0, variable.indexOf("=")), variable.slice(variable.indexOf("=") + 1)]),
  );
}

/** Runs a program to its end. @param {keyof typeof PROGRAMS} language @param {string} compression */
async function run(language, compression) {
  const [command, ...args] = PROGRAMS[language];
  const resource = `deployment.environment.name=${language}`;
  const environment = { OTEL_EXPORTER_OTLP_COMPRESSION: compression, OTEL_RESOURCE_ATTRIBUTES: resource };
  const child = new Child(command, args, () => {}, { ...documented(`shop-${language}`), ...environment });
  assert.equal(await within(`${language} ends`, child.exited), 0, child.complaints.join("\n"));
  return await eventually(`the entries of ${language}`, () => {
    const own = entries.filter(({ fields }) => fields.resource["deployment.environment.name"] === language);
    return own.length >= 5 && own;
  });
}

for (const language of /** @type {(keyof typeof PROGRAMS)[]} */ (Object.keys(PROGRAMS))) {
  test(`the SDK of ${language}`, async () => {
    const own = await run(language, language === "node" ? "none" : "gzip");
    /** @param {string} message */
    const find = (message) => {
      const found = own.filter((entry) => entry.message === message);
      assert.equal(found.length, 1, `${message}: ${JSON.stringify(own)}`);
      return /** @type {Entry} */ (found[0]);
    };
    assert.equal(own.length, 5);
    assert.ok(own.every(({ target }) => target === "shop.pay"));
    const checkout = find("checkout");
    const { trace_id, id: checkoutId } = checkout.span;
    assert.match(trace_id, TRACE_ID);
    assert.match(checkoutId, SPAN_ID);
    assert.deepEqual([checkout.level, checkout.fields["span.kind"]], ["INFO", "server"]);
    assert.ok(checkout.fields.duration_ms > 0);
    assert.equal(checkout.span.parent_id, undefined);

    const charge = find("charge");
    assert.deepEqual(charge.span, { id: charge.span.id, trace_id, parent_id: checkoutId });
    assert.ok(charge.fields.duration_ms <= checkout.fields.duration_ms);
    const { level, fields } = charge;
    assert.deepEqual(
      [level, fields["otel.status_code"], fields["otel.status_description"]],
      ["ERROR", "ERROR", "declined"],
    );
    const exception = find(EXCEPTIONS[language]);
    assert.deepEqual([exception.level, exception.span], ["ERROR", charge.span]);

    const declined = find("card declined");
    assert.deepEqual([declined.level, declined.span], ["WARN", { id: charge.span.id, trace_id }]);
    assert.deepEqual([declined.fields.attempt, declined.fields["card.kinds"]], [2, ["debit", "credit"]]);
    assert.equal(declined.fields.severity_number, 13);
    const refund = own.find(({ fields }) => fields.body?.step === "refund");
    assert.deepEqual(refund?.fields.body, { step: "refund", amount: { value: 12.5, currency: "EUR" } });
    assert.deepEqual([refund?.level, refund?.fields.level_name], ["DEBUG", "TRACE"]);
  });
}

test("the page draws a trace, with its logs in its spans", async () => {
  const browser = await Browser.start();
  try {
    const opened = await browser.open(`${server.url}#token=t0k`);
    await opened.page.getByText("checkout", { exact: true }).first().click();
    const panel = opened.page.locator(".panel");
    await panel.getByRole("button", { name: "Trace", exact: true }).click();
    const lines = panel.locator(".bar-line");
    await eventually("the trace", async () => (await lines.count()) === 5);
    const texts = await lines.allInnerTexts();
    for (const [index, text] of ["checkout", "charge", "card declined", "refund", "no money"].entries()) {
      assert.match(texts[index] ?? "", new RegExp(text));
    }
    assert.equal(await panel.locator(".bar-line.span").count(), 2, "the spans");
    opened.assertNoComplaints();
  } finally {
    await browser.close();
  }
});
