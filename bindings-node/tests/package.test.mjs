/** The packed packages, in a folder that knows nothing of the repository. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { Browser } from "../../tests/lib/browser.mjs";
import { Child } from "../../tests/lib/child.mjs";
import { ConsumerOfAll } from "../../tests/lib/consumer_of_all.mjs";
import { DataChannelConsumer, cleanup } from "../../tests/lib/data_channel_consumer.mjs";
import { eventually, within } from "../../tests/lib/deadline.mjs";
import { Server } from "../../tests/lib/server.mjs";
import { StrictServer } from "../../tests/lib/strict_server.mjs";
import { PACKAGE, PackedProject } from "./lib/packed_project.mjs";

const EXAMPLES = join(PACKAGE, "../examples/node");

/** @type {PackedProject} */
let installed;
/** @type {string} */
let folder;
/** @type {string} */
let packed;
/** @type {string} */
let project;
/** @type {string[]} */
let npmOptions;

/** @param {string} command @param {string[]} args @param {string} [cwd] */
const run = (command, args, cwd) => installed.run(command, args, cwd);

/** Copies a package that the tests have installed, with all that it needs. @param {string} name */
function copyInstalled(name) {
  const from = join(PACKAGE, "node_modules", name);
  const to = join(project, "node_modules", name);
  if (!existsSync(to)) {
    cpSync(from, to, { recursive: true });
    Object.keys(JSON.parse(readFileSync(join(from, "package.json"), "utf8")).dependencies ?? {}).forEach(copyInstalled);
  }
}

/** @type {Browser} */
let browser;

before(async () => {
  installed = new PackedProject();
  ({ folder, packed, project, npmOptions } = installed);
  installed.install();
  ["pino", "winston"].forEach(copyInstalled);
  for (const file of readdirSync(EXAMPLES).filter((name) => name.endsWith(".mjs"))) {
    cpSync(join(EXAMPLES, file), join(project, file));
  }
  browser = await Browser.start();
});
after(async () => {
  await browser?.close();
  cleanup();
  installed?.remove();
});

/** `npx logrtc COMMAND` on a free port, and its page. @param {import('node:test').TestContext} t @param {string} command */
async function npxLogrtc(t, command) {
  const args = ["--no", ...npmOptions, "--", "logrtc", command, "--listen", "127.0.0.1:0"];
  // A group of its own, for there is npm and a shell in between.
  const child = spawn("npx", args, { cwd: project, detached: true, stdio: ["ignore", "pipe", "inherit"] });
  const exited = new Promise((resolve) => child.once("exit", (code) => resolve(code)));
  t.after(() => {
    try {
      process.kill(-Number(child.pid), "SIGKILL");
    } catch {
      // It has ended.
    }
  });
  /** @type {Promise<string>} */
  const first = new Promise((resolve) => createInterface({ input: child.stdout }).once("line", resolve));
  const url = await within("npx logrtc prints its URL", first);
  return { url, interrupt: () => process.kill(-Number(child.pid), "SIGINT"), exited };
}

/** @param {import('node:test').TestContext} t @param {string} name @param {string} url */
function startExample(t, name, url) {
  const args = [`--chdir=${project}`, `LOGRTC_URL=${url}`, process.execPath, `${name}.mjs`];
  const example = new Child("env", args, () => {});
  t.after(() => example.kill());
  return example;
}

const pino = { level: "INFO", target: "pino_app", message: "应用程序启动" };
const examples = [
  {
    name: "nodejs_app",
    metadata: { system_name: "Node.js Application", version: "1.0.0" },
    count: 1,
    /** @param {any[]} entries */
    check: ([{ timestamp, ...entry }]) => {
      assert.deepEqual(entry, { level: "INFO", target: "nodejs_app.main", message: "Node.js应用程序启动" });
      assert.ok(Math.abs(Date.now() - Date.parse(timestamp)) < 60_000);
    },
  },
  {
    name: "pino_app",
    metadata: { system_name: "pino Application", version: "1.0.0" },
    count: 3,
    /** @param {any[]} entries */
    check: (entries) => {
      const [first, second, third] = entries.map(({ timestamp, fields: { pid, hostname, ...fields }, ...entry }) => {
        assert.equal(typeof pid, "number");
        return { ...entry, fields };
      });
      assert.deepEqual(first, { ...pino, fields: {} });
      const fields = { order: 1001, duration_ms: 812, name: "pino_app" };
      assert.deepEqual(second, { level: "WARN", target: "pino_app.orders", message: "slow query", fields });
      assert.deepEqual([third.level, third.target], ["ERROR", "pino_app.orders"]);
      assert.equal(third.fields.err.type, "SyntaxError");
      assert.equal(third.message, third.fields.err.message);
    },
  },
];

for (const { name, metadata, count, check } of examples) {
  test(`${name}: its entries stand in the page of npx logrtc serve`, async (t) => {
    const server = await npxLogrtc(t, "serve");
    const example = startExample(t, name, new URL("signaling", server.url.replace("http", "ws")).href);
    const page = await browser.open(server.url);
    t.after(() => page.close());
    check(await page.entries(count));
    assert.deepEqual(await page.producers(), [{ id: name, state: "connected" }]);
    page.assertNoComplaints();
    assert.equal(await example.kill("SIGTERM"), 0);
    server.interrupt();
    await within("npx logrtc serve ends", server.exited);
  });

  test(`${name}: its entries reach a consumer of the base protocol, and it ends when it is told to`, async (t) => {
    const server = await StrictServer.start();
    t.after(() => server.stop());
    const example = startExample(t, name, server.url);
    const consumer = new DataChannelConsumer(server.url);
    t.after(() => consumer.leave());
    check(await consumer.entries(count));
    const [register] = server.heard;
    assert.equal(register.client_id, name);
    assert.deepEqual(register.metadata, metadata);
    assert.equal(await example.kill("SIGINT"), 0);
  });
}

/** The programs of the README, with the messages that each of them logs. */
const snippets = [
  ["listening", "slow query", "a message alone", "connection lost"],
  ["slow query"],
  ["slow query"],
  [],
  ["in a test file"],
];

test("every program of the README runs as it stands", async (t) => {
  const readme = readFileSync(join(PACKAGE, "README.md"), "utf8");
  const programs = [...readme.matchAll(/^```js\n(.*?)^```/gms)].map(([, text]) => text);
  assert.equal(programs.length, snippets.length);
  const server = await Server.start();
  t.after(() => server.kill());
  for (const [index, messages] of snippets.entries()) {
    writeFileSync(join(project, "snippet.mjs"), programs[index]);
    const consumer = new ConsumerOfAll(server.signalingUrl);
    t.after(() => consumer.leave());
    /** @type {string[]} */
    const lines = [];
    const isServer = programs[index].includes("serve(");
    // A server opens its page, and runs on.
    const env = [`--chdir=${project}`, "BROWSER=true", ...(isServer ? [] : [`LOGRTC_URL=${server.signalingUrl}`])];
    const program = new Child("env", [...env, process.execPath, "snippet.mjs"], (line) => lines.push(line));
    t.after(() => program.kill());
    if (isServer) {
      await eventually("the server runs", () => lines.some((line) => line.startsWith("http://127.0.0.1:")));
      continue;
    }
    assert.equal(await within(`program ${index} ends`, program.exited), 0);
    const logged = () => [...consumer.entries.values()].flat().map(({ message }) => message);
    await eventually(`program ${index} logs ${messages}`, () => messages.every((message) => logged().includes(message)));
  }
});

test("npx logrtc demo fills the page", async (t) => {
  const server = await npxLogrtc(t, "demo");
  const page = await browser.open(server.url);
  t.after(() => page.close());
  assert.ok((await page.entries(10)).length >= 10);
});

for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) {
  test(`logrtc serve ends with 0 at ${signal}`, async (t) => {
    const args = [join(project, "node_modules/.bin/logrtc"), "serve", "--listen", "127.0.0.1:0"];
    /** @type {(line: string) => void} */
    let onLine = () => {};
    const served = new Promise((resolve) => {
      onLine = resolve;
    });
    const server = new Child(process.execPath, args, (line) => onLine(line));
    t.after(() => server.kill());
    await within("it serves", served);
    assert.equal(await server.kill(signal), 0);
  });
}

test("the command line answers as everywhere, with its exit status", () => {
  assert.match(run(process.execPath, ["node_modules/.bin/logrtc", "--version"]), /^logrtc \d/);
  assert.throws(() => run(process.execPath, ["node_modules/.bin/logrtc", "nonsense"]), { status: 2 });
});

test("every entry point is there in both module systems", () => {
  const uses = [
    ["logrtc", "connect"],
    ["logrtc/pino", "stream"],
    ["logrtc/winston", "LogrtcTransport"],
    ["logrtc/viewer", "serve"],
  ];
  for (const [name, value] of uses) {
    const required = `if (typeof require('${name}').${value} !== 'function') process.exit(1)`;
    run(process.execPath, ["--input-type=commonjs", "--eval", required]);
    const imported = `import { ${value} } from '${name}'; if (typeof ${value} !== 'function') process.exit(1)`;
    run(process.execPath, ["--input-type=module", "--eval", imported]);
  }
});

test("the consumer of logrtc/viewer loads without the compiled file and without a page", () => {
  const bare = join(folder, "consumer/node_modules/logrtc");
  cpSync(join(project, "node_modules/logrtc"), bare, { recursive: true });
  // As Node.js resolves it, and what bundlers and pages get.
  for (const name of ["logrtc/viewer", "./node_modules/logrtc/viewer/index.js"]) {
    const used = "typeof connect === 'function' && levelOf({ level: 'fatal' }) === 'ERROR'";
    const imported = `import { connect, levelOf } from '${name}'; if (!(${used})) process.exit(1)`;
    run(process.execPath, ["--input-type=module", "--eval", imported], join(folder, "consumer"));
  }
});

test("what bundlers and pages load as logrtc/viewer imports nothing", () => {
  const text = readFileSync(join(project, "node_modules/logrtc/viewer/index.js"), "utf8");
  assert.doesNotMatch(text, /\b(import|require)\b/);
  assert.match(text, /^export \{ connect, levelOf \};$/m);
});

test("neither package has a script, or anything that it does not need", () => {
  for (const file of readdirSync(packed)) {
    const manifest = JSON.parse(run("tar", ["xzOf", join(packed, file), "package/package.json"]));
    assert.deepEqual(
      [manifest.scripts, manifest.dependencies, manifest.devDependencies],
      [undefined, undefined, undefined],
    );
    for (const field of ["description", "keywords", "author", "license", "engines", "main", "files", "publishConfig"]) {
      assert.ok(manifest[field], field);
    }
    for (const name of run("tar", ["tzf", join(packed, file)])
      .trim()
      .split("\n")) {
      assert.match(
        name,
        /^package\/((lib|bin|viewer)\/)?[a-z]+\.(m?js|d\.m?ts|node)$|^package\/((viewer\/)?package\.json|README\.md|LICENSE)$/,
      );
    }
  }
});

test("no packed text holds a path of the machine that packed it", () => {
  const paths = [dirname(PACKAGE), homedir(), tmpdir(), process.env.CARGO_TARGET_DIR ?? PACKAGE];
  // `/` is in every text.
  const own = paths.map((path) => `${resolve(path)}/`).filter((path) => path !== "//");
  assert.ok(own.length >= 2);
  for (const file of readdirSync(packed)) {
    const names = run("tar", ["tzf", join(packed, file)]).trim().split("\n");
    for (const name of names.filter((each) => !each.endsWith(".node"))) {
      const text = run("tar", ["xzOf", join(packed, file), name]);
      assert.deepEqual(
        own.filter((path) => text.includes(path)),
        [],
        name,
      );
    }
  }
});

test("attw and publint find nothing", () => {
  const main = readdirSync(packed)
    .map((file) => join(packed, file))
    .find((file) => /logrtc-\d[^/]*$/.test(file));
  const bin = join(PACKAGE, "node_modules/.bin");
  run(join(bin, "attw"), [String(main)]);
  assert.match(run(join(bin, "publint"), ["run", String(main), "--strict"]), /All good/);
  assert.ok(dirname(String(main)) === packed);
});

test("where there is no compiled file, the error says what to do", () => {
  const bare = join(folder, "bare/node_modules/logrtc");
  cpSync(join(project, "node_modules/logrtc"), bare, { recursive: true });
  assert.throws(() => run(process.execPath, ["--eval", "require('logrtc')"], join(folder, "bare")), {
    stderr: /logrtc has no compiled file for .*optional dependency/s,
  });
});
