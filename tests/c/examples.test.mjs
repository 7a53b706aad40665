import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Browser } from "../lib/browser.mjs";
import { Child } from "../lib/child.mjs";
import { DataChannelConsumer, cleanup } from "../lib/data_channel_consumer.mjs";
import { within } from "../lib/deadline.mjs";
import { PromptConsumer } from "../lib/prompt_consumer.mjs";
import { Server } from "../lib/server.mjs";
import { StrictServer } from "../lib/strict_server.mjs";
import { EXAMPLES, GO_PACKAGE, program } from "./programs.mjs";

const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/** A copy of the examples and of the Go package; the library comes from where it is installed, and was moved. */
const folder = mkdtempSync(join(tmpdir(), "logrtc-examples-"));
const copies = join(folder, "examples");
const prefix = join(folder, "moved");
const LIBRARY = `LD_LIBRARY_PATH=${join(prefix, "lib")}`;
const environment = { ...process.env, PKG_CONFIG_PATH: join(prefix, "lib/pkgconfig"), LD_LIBRARY_PATH: join(prefix, "lib") };

const RUNS = Number(process.env.LOGRTC_RUNS ?? 10);

/** @type {Browser} */
let browser;
before(async () => {
  cpSync(program("prefix"), prefix, { recursive: true, verbatimSymlinks: true });
  cpSync(GO_PACKAGE, join(folder, "bindings-go"), { recursive: true });
  browser = await Browser.start();
});
after(async () => {
  await browser.close();
  cleanup();
  rmSync(folder, { recursive: true });
});

/** @type {{name: string, folder: string, system: string, message: string, build: string[][]}[]} */
const examples = [
  { name: "c_app", folder: "c", system: "C Application", message: "C应用程序启动", build: [["make", "-s", "c_app"]] },
  {
    name: "cpp_app",
    folder: "cpp",
    system: "C++ Application",
    message: "C++应用程序启动",
    build: [
      ["cmake", "-S", ".", "-B", "build", `-DCMAKE_PREFIX_PATH=${prefix}`],
      ["cmake", "--build", "build"],
      ["cp", "build/cpp_app", "cpp_app"],
    ],
  },
  {
    name: "go_app",
    folder: "go",
    system: "Go Application",
    message: "Go应用程序启动",
    build: [
      ["go", "vet", "./..."],
      ["go", "build", "-o", "go_app", "."],
    ],
  },
];

for (const example of examples) {
  describe(example.name, () => {
    const source = join(copies, example.folder);
    const built = join(source, example.name);

    before(() => {
      cpSync(join(EXAMPLES, example.folder), source, { recursive: true });
      for (const [command, ...args] of example.build) {
        execFileSync(command, args, { cwd: source, env: environment, stdio: ["ignore", "ignore", "inherit"] });
      }
    });

    /** @param {string} url */
    const start = (url) => new Child("env", [LIBRARY, `LOGRTC_URL=${url}`, built], () => {});

    /** @param {import("../lib/expected.mjs").Entry[]} entries */
    const assertItsEntry = (entries) => {
      assert.equal(entries.length, 1);
      const { timestamp, ...rest } = entries[0];
      assert.match(timestamp, TIMESTAMP);
      assert.deepEqual(rest, { level: "INFO", target: `${example.name}.main`, message: example.message });
    };

    test("its entry stands in the page", async (t) => {
      const server = await Server.start();
      t.after(() => server.kill());
      const running = start(server.signalingUrl);
      t.after(() => running.kill());
      const page = await browser.open(server.url);
      t.after(() => page.close());
      assertItsEntry(await page.entries(1));
      assert.equal(await running.kill("SIGINT"), 0);
    });

    test("its entry reaches a consumer of the base protocol, and it ends when it is told to", async (t) => {
      const server = await StrictServer.start();
      t.after(() => server.stop());
      const running = start(server.url);
      t.after(() => running.kill());
      const consumer = new DataChannelConsumer(server.url);
      t.after(() => consumer.leave());
      assertItsEntry(await consumer.entries(1));
      const [register] = server.heard;
      assert.equal(register.client_id, example.name);
      assert.deepEqual(register.metadata, { system_name: example.system, version: "1.0.0" });
      assert.equal(await running.kill("SIGTERM"), 0);
    });
  });
}

test("an open page shows a short program in Go", async (t) => {
  const source = join(copies, "short_go");
  cpSync(join(EXAMPLES, "go", "go.mod"), join(source, "go.mod"));
  cpSync(fileURLToPath(new URL("short_go", import.meta.url)), source, { recursive: true });
  execFileSync("go", ["build", "-o", "short_go", "."], { cwd: source, env: environment, stdio: "inherit" });
  const server = await Server.start();
  t.after(() => server.kill());
  const consumer = new PromptConsumer(server.signalingUrl);
  t.after(() => consumer.leave());
  await consumer.registered();
  // The last one has no name, and is called by that of the program.
  for (const id of [...Array.from({ length: RUNS }, (_, i) => `short-${i}`), ""]) {
    const child = new Child("env", [LIBRARY, join(source, "short_go"), server.signalingUrl, id], () => {});
    t.after(() => child.kill());
    assert.equal(await within("the program ends", child.exited), 0, child.complaints.join("\n"));
    await consumer.has(id, 1);
  }
  assert.ok(consumer.producers.has("short_go"), [...consumer.producers].join(", "));
});

test("the program of the Go package's README", async (t) => {
  const program = /```go\n(.*?)```/s.exec(readFileSync(join(GO_PACKAGE, "README.md"), "utf8"))?.[1];
  assert.ok(program);
  const source = join(copies, "readme_go");
  mkdirSync(source);
  writeFileSync(join(source, "main.go"), program);
  const go = (/** @type {string[]} */ ...args) => execFileSync("go", args, { cwd: source, env: environment, stdio: "pipe" });
  // What the README says, but for the path.
  go("mod", "init", "checkout");
  const module = "github.com/logrtc/logrtc/bindings-go";
  go("mod", "edit", "-require", `${module}@v0.0.0`, "-replace", `${module}=${join(folder, "bindings-go")}`);
  go("build", "-o", "checkout", ".");
  const server = await Server.start();
  t.after(() => server.kill());
  const consumer = new PromptConsumer(server.signalingUrl);
  t.after(() => consumer.leave());
  await consumer.registered();
  const child = new Child("env", [LIBRARY, `LOGRTC_URL=${server.signalingUrl}`, join(source, "checkout")], () => {});
  t.after(() => child.kill());
  await consumer.has("checkout.db", 1);
  assert.equal(await within("the program ends", child.exited), 0, child.complaints.join("\n"));
  const [{ timestamp, ...entry }] = consumer.of("checkout.db");
  assert.deepEqual(entry, { level: "WARN", target: "checkout.db", message: "slow query", fields: { duration_ms: 812 } });
});
