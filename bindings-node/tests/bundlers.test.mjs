/** A program that tools have bundled or traced runs elsewhere, and finds the compiled file there. */

import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { nodeFileTrace } from "@vercel/nft";
import * as esbuild from "esbuild";
import webpack from "webpack";
import { Child } from "../../tests/lib/child.mjs";
import { DataChannelConsumer, cleanup } from "../../tests/lib/data_channel_consumer.mjs";
import { StrictServer } from "../../tests/lib/strict_server.mjs";
import { PACKAGE, PackedProject } from "./lib/packed_project.mjs";

const PROGRAM = `
import { connect } from "logrtc";
import { stream } from "logrtc/pino";

const producer = connect({ clientId: "bundled", iceServers: [] });
producer.waitForConsumer({ timeoutMs: 20_000 }).then(() => {
  stream({ producer, target: "app" }).write('{"level":30,"msg":"bundled"}');
  return producer.close({ timeoutMs: 20_000 });
});
`;

/** @type {PackedProject} */
let packed;
/** @type {string} */
let entry;

before(() => {
  packed = new PackedProject();
  packed.install();
  entry = join(packed.project, "app.mjs");
  writeFileSync(entry, PROGRAM);
});
after(() => {
  packed?.remove();
  cleanup();
});

/** Runs a program by itself, and expects its entry. @param {import('node:test').TestContext} t @param {string} file */
async function assertRuns(t, file) {
  const server = await StrictServer.start();
  t.after(() => server.stop());
  const consumer = new DataChannelConsumer(server.url);
  t.after(() => consumer.leave());
  // Of the tests themselves, nothing leads it to a compiled file.
  const env = ["-u", "LOGRTC_NATIVE", `LOGRTC_URL=${server.url}`];
  const program = new Child("env", [...env, process.execPath, file], () => {});
  t.after(() => program.kill());
  const [{ timestamp, ...logged }] = await Promise.race([consumer.entries(1), program.endedEarly()]);
  assert.deepEqual(logged, { level: "INFO", target: "app", message: "bundled" });
  assert.equal(await program.finish(), 0);
}

/** A new folder outside of the project, where nothing is installed. @param {string} name */
function elsewhere(name) {
  const folder = join(packed.folder, name);
  mkdirSync(folder);
  return folder;
}

/** Whether a compiled file is in the folder. @param {string} folder */
const hasCompiled = (folder) => readdirSync(folder).some((name) => name.endsWith(".node"));

/** @param {import("webpack").Configuration} options @param {string} path @returns {Promise<void>} */
function runWebpack(options, path) {
  const configuration = { mode: /** @type {const} */ ("production"), target: "node", entry, ...options };
  return new Promise((resolve, reject) => {
    webpack({ ...configuration, output: { path, filename: "app.cjs" } }, (error, stats) => {
      const errors = stats?.toString({ all: false, errors: true });
      return error || errors ? reject(error ?? new Error(errors)) : resolve();
    });
  });
}

test("@vercel/nft, by which Next.js, Vercel, Netlify and Nitro find files, traces the compiled file", async (t) => {
  const { fileList } = await nodeFileTrace([entry], { base: packed.project });
  const traced = elsewhere("traced");
  for (const file of fileList) {
    cpSync(join(packed.project, file), join(traced, file));
  }
  await assertRuns(t, join(traced, "app.mjs"));
});

test("ncc", async (t) => {
  const ncc = createRequire(import.meta.url).resolve("@vercel/ncc/dist/ncc/cli.js");
  const bundled = elsewhere("ncc");
  packed.run(process.execPath, [ncc, "build", entry, "--quiet", "--out", bundled]);
  assert.ok(hasCompiled(bundled));
  await assertRuns(t, join(bundled, "index.mjs"));
});

test("esbuild, with its loader that copies", async (t) => {
  const bundled = elsewhere("esbuild");
  await esbuild.build({
    ...{ entryPoints: [entry], bundle: true, platform: "node", logLevel: "error" },
    ...{ loader: { ".node": "copy" }, outdir: bundled, outExtension: { ".js": ".cjs" } },
  });
  assert.ok(hasCompiled(bundled));
  await assertRuns(t, join(bundled, "app.cjs"));
});

test("webpack, with node-loader", async (t) => {
  const bundled = elsewhere("webpack");
  const loader = fileURLToPath(import.meta.resolve("node-loader"));
  await runWebpack({ module: { rules: [{ test: /\.node$/, loader }] } }, bundled);
  assert.ok(hasCompiled(bundled));
  await assertRuns(t, join(bundled, "app.cjs"));
});

test("webpack, with the package as an external, which is installed where it runs", async (t) => {
  const bundled = join(packed.project, "external");
  mkdirSync(bundled);
  await runWebpack({ externals: [/^logrtc/], externalsType: "commonjs" }, bundled);
  assert.ok(!hasCompiled(bundled));
  await assertRuns(t, join(bundled, "app.cjs"));
});

test("the compiled file is asked for by each name that pack.mjs gives", () => {
  const text = (/** @type {string} */ file) => readFileSync(join(PACKAGE, file), "utf8");
  const required = [...text("lib/native.js").matchAll(/require\("@logrtc\/([^"]+)"\)/g)].map(([, name]) => name);
  const platforms = text("tools/pack.mjs").matchAll(/os: "(\w+)", cpu: "(\w+)"(?:, libc: "\w+")?(?:, suffix: "(\w+)")?/g);
  const packable = [...platforms].map(([, ...parts]) => parts.filter(Boolean).join("-"));
  assert.equal(packable.length, 8);
  assert.deepEqual(required.sort(), packable.sort());
});
