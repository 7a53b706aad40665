/** The package as a user has it: installed from its wheel, outside of the repository. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Browser } from "../lib/browser.mjs";
import { Child } from "../lib/child.mjs";
import { DataChannelConsumer, cleanup } from "../lib/data_channel_consumer.mjs";
import { within } from "../lib/deadline.mjs";
import { StrictServer } from "../lib/strict_server.mjs";
import { BUILT, EXAMPLES, PYTHON } from "./environment.mjs";

/** @typedef {import("../lib/expected.mjs").Entry} Entry */

const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

const folder = mkdtempSync(join(tmpdir(), "logrtc-python-"));
const bin = join(folder, "venv/bin");

/** @type {Browser} */
let browser;
before(async () => {
  const wheels = readdirSync(join(BUILT, "dev")).map((name) => join(BUILT, "dev", name));
  assert.equal(wheels.length, 1);
  execFileSync(PYTHON, ["-m", "venv", join(folder, "venv")]);
  execFileSync(join(bin, "pip"), ["install", "--quiet", "--no-index", ...wheels], { cwd: folder });
  cpSync(EXAMPLES, folder, { recursive: true });
  browser = await Browser.start();
});
after(async () => {
  await browser.close();
  // Its threads keep a process alive.
  cleanup();
  rmSync(folder, { recursive: true });
});

/** @param {string} name @param {string} url */
const startExample = (name, url) =>
  new Child("env", ["-C", folder, `LOGRTC_URL=${url}`, join(bin, "python"), "-W", "error", `${name}.py`], () => {});

/** @param {string[]} command @param {import("node:test").TestContext} t */
async function serve(command, t) {
  /** @type {(line: string) => void} */
  let onLine = () => {};
  /** @type {Promise<string>} */
  const first = new Promise((resolve) => {
    onLine = resolve;
  });
  const child = new Child(command[0], [...command.slice(1), "serve", "--listen", "127.0.0.1:0"], (line) => onLine(line));
  t.after(() => child.kill());
  const url = await within("it prints its URL", Promise.race([first, child.endedEarly()]));
  return { child, url, signalingUrl: new URL("signaling", url.replace(/^http/, "ws")).href };
}

/** @param {readonly Entry[]} entries */
function assertOfProtocol(entries) {
  assert.equal(entries.length, 1);
  const [{ timestamp, ...rest }] = entries;
  assert.match(timestamp, TIMESTAMP);
  assert.deepEqual(rest, { level: "INFO", target: "python_app.main", message: "Python应用程序启动" });
}

/** @param {readonly Entry[]} entries */
function assertOfLogging(entries) {
  const [{ timestamp, fields, ...rest }, failed] = entries;
  assert.match(timestamp, TIMESTAMP);
  assert.deepEqual(rest, { level: "INFO", target: "logging_app.main", message: "Python应用程序启动" });
  assert.equal(fields?.user_id, "12345");
  assert.equal(fields?.request_id, "req_abc123");
  assert.equal(fields?.["code.file.path"], join(folder, "logging_app.py"));
  assert.equal(failed.level, "ERROR");
  assert.equal(failed.fields?.["exception.type"], "KeyError");
  assert.match(String(failed.fields?.["exception.stacktrace"]), /^Traceback .*KeyError: 'missing'\n$/s);
  assert.equal(entries.length, 2);
}

describe("the examples", () => {
  test("their entries stand in the page that the package serves", async (t) => {
    const server = await serve([join(bin, "logrtc")], t);
    const examples = ["python_app", "logging_app"].map((name) => startExample(name, server.signalingUrl));
    t.after(() => Promise.all(examples.map((example) => example.kill())));
    const page = await browser.open(server.url);
    t.after(() => page.close());
    const entries = await page.entries(3);
    assertOfProtocol(entries.filter(({ target }) => target === "python_app.main"));
    assertOfLogging(entries.filter(({ target }) => target === "logging_app.main"));
    const producers = (await page.producers()).toSorted((a, b) => a.id.localeCompare(b.id));
    assert.deepEqual(producers, [
      { id: "logging_app", state: "connected" },
      { id: "python_app", state: "connected" },
    ]);
    page.assertNoComplaints();
    for (const example of examples) {
      assert.equal(await example.kill("SIGINT"), 0, example.complaints.join("\n"));
    }
    assert.equal(await server.child.kill("SIGINT"), 0);
    assert.deepEqual(server.child.complaints.filter((line) => line.includes("Traceback")), []);
  });

  for (const [name, system, assertEntries, count] of /** @type {const} */ ([
    ["python_app", "Python Application", assertOfProtocol, 1],
    ["logging_app", "Logging Application", assertOfLogging, 2],
  ])) {
    test(`${name} reaches a consumer of the base protocol`, async (t) => {
      const server = await StrictServer.start();
      t.after(() => server.stop());
      const example = startExample(name, server.url);
      t.after(() => example.kill());
      const consumer = new DataChannelConsumer(server.url);
      t.after(() => consumer.leave());
      assertEntries(await consumer.entries(count));
      const [register] = server.heard;
      assert.equal(register.client_id, name);
      assert.deepEqual(register.metadata, { system_name: system, version: "1.0.0" });
      assert.equal(await example.kill("SIGINT"), 0, example.complaints.join("\n"));
    });
  }
});

test("no file of the wheel but the library knows where it was built", () => {
  const [wheel] = readdirSync(join(BUILT, "dev"));
  const script = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    for name in wheel.namelist():
        if not name.endswith(".so") and sys.argv[2].encode() in wheel.read(name):
            print(name)
`;
  const repository = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
  const found = execFileSync(PYTHON, ["-c", script, join(BUILT, "dev", wheel), repository], { encoding: "utf8" });
  assert.equal(found, "");
});

test("python -m logrtc is the same program, and ends when it is told to", async (t) => {
  const server = await serve([join(bin, "python"), "-m", "logrtc"], t);
  assert.equal((await fetch(server.url)).status, 200);
  assert.equal(await server.child.kill("SIGTERM"), 0);
});
