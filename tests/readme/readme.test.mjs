/**
 * Every program that the README shows runs as it stands, in an empty folder, made as the README says; and its entries
 * appear in the page that is open.
 */

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Browser } from "../lib/browser.mjs";
import { within } from "../lib/deadline.mjs";
import { Server } from "../lib/server.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const TARGET = process.env.CARGO_TARGET_DIR ?? join(ROOT, "target");
const PREFIX = join(TARGET, "c", "prefix");
const README = readFileSync(join(ROOT, "README.md"), "utf8");

/** Goes with the test. */
const folders = mkdtempSync(join(tmpdir(), "logrtc-readme-"));
/** @type {Server} */
let server;
/** @type {Browser} */
let browser;
/** @type {import("../lib/browser.mjs").LogPage} */
let page;
/** How many entries the page has so far. */
let shown = 0;

before(async () => {
  server = await Server.start();
  browser = await Browser.start();
  page = await browser.open(server.url);
});

after(async () => {
  await browser?.close();
  await server?.kill();
  rmSync(folders, { recursive: true });
});

/** The programs of one language, in the order in which they stand. @param {string} language */
function programs(language) {
  return [...README.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(([, text]) => text);
}

/** A new folder, outside of this repository. @param {string} name */
function emptyFolder(name) {
  const folder = join(folders, name);
  mkdirSync(folder);
  return folder;
}

/**
 * @param {string} folder
 * @param {string} command
 * @param {...string} args
 */
function make(folder, command, ...args) {
  execFileSync(command, args, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
}

/**
 * Runs a program to its end, and expects its messages in the page.
 *
 * @param {string} folder
 * @param {string[]} command
 * @param {readonly string[]} messages
 * @param {{status?: number}} [options]
 */
async function run(folder, [command, ...args], messages, { status = 0 } = {}) {
  const environment = { ...process.env, LOGRTC_URL: server.signalingUrl, LD_LIBRARY_PATH: join(PREFIX, "lib") };
  const child = spawn(command, args, { cwd: folder, env: environment, stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  const [code] = await within(`${command} ends`, once(child, "close"));
  assert.equal(code, status, stderr);
  const entries = await page.entries(shown + messages.length);
  assert.deepEqual(
    entries.slice(shown).map(({ message }) => message),
    messages,
  );
  shown = entries.length;
}

test("the programs in Rust", async () => {
  const [plain, tracing, ...rest] = programs("rust");
  assert.equal(rest.length, 0);
  const folder = emptyFolder("rust");
  make(folder, "cargo", "init", "--quiet", "--vcs=none", "--name=checkout");
  // The versions that everything else here is built with.
  cpSync(join(ROOT, "Cargo.lock"), join(folder, "Cargo.lock"));
  make(folder, "cargo", "add", "--quiet", "--path", join(ROOT, "core"), "--features", "tracing");
  make(folder, "cargo", "add", "--quiet", "tracing");
  make(folder, "cargo", "add", "--quiet", "tracing-subscriber");
  writeFileSync(join(folder, "src", "main.rs"), plain);
  mkdirSync(join(folder, "src", "bin"));
  writeFileSync(join(folder, "src", "bin", "with_tracing.rs"), tracing);
  make(folder, "cargo", "build", "--quiet", "--target-dir", TARGET);
  await run(folder, [join(TARGET, "debug", "checkout")], ["listening", "slow query"]);
  await run(folder, [join(TARGET, "debug", "with_tracing")], ["listening", "no port"], { status: 1 });
});

test("the programs in C and C++", async () => {
  const folder = emptyFolder("c");
  const [[c], [cpp]] = [programs("c"), programs("cpp")];
  writeFileSync(join(folder, "checkout.c"), c);
  writeFileSync(join(folder, "checkout.cpp"), cpp);
  const flags = `$(PKG_CONFIG_PATH=${PREFIX}/lib/pkgconfig pkg-config --cflags --libs logrtc)`;
  make(folder, "sh", "-c", `cc -Wall -Werror -o c checkout.c ${flags}`);
  make(folder, "sh", "-c", `c++ -std=c++17 -Wall -Werror -o cpp checkout.cpp ${flags}`);
  await run(folder, ["./c"], ["slow query"]);
  await run(folder, ["./cpp"], ["slow query"]);
});

test("the program in Python", async () => {
  const folder = emptyFolder("python");
  writeFileSync(join(folder, "checkout.py"), programs("python")[0]);
  await run(folder, [join(TARGET, "python", "venv", "bin", "python"), "checkout.py"], ["listening"]);
});

test("the program in Node.js", async () => {
  const folder = emptyFolder("node");
  const packed = emptyFolder("packed");
  make(ROOT, "node", "bindings-node/tools/pack.mjs", join(ROOT, "bindings-node", "logrtc.node"), packed);
  writeFileSync(join(folder, "package.json"), '{"private": true}');
  const packages = readdirSync(packed).map((file) => join(packed, file));
  make(folder, "npm", "install", "--silent", "--no-audit", "--no-fund", "--offline", ...packages);
  writeFileSync(join(folder, "checkout.mjs"), programs("js")[0]);
  await run(folder, ["node", "checkout.mjs"], ["slow query"]);
});

test("every program is run", () => {
  const languages = [...README.matchAll(/^```(\w+)$/gm)].map(([, language]) => language);
  assert.deepEqual([...new Set(languages)].sort(), ["c", "cpp", "js", "python", "rust", "sh"]);
});
