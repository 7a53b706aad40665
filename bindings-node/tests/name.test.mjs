/** A producer without a `clientId` has the name of its program. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { within } from "../../tests/lib/deadline.mjs";
import { StrictServer } from "../../tests/lib/strict_server.mjs";

const PACKAGE = fileURLToPath(new URL("..", import.meta.url));

const LOG = "require('logrtc').connect().info('app', 'hi');";
const PINO = "require('pino')(require('pino').transport({ target: 'logrtc/pino' })).info('hi');";
const PINO_STREAM = "require('pino')(require('logrtc/pino').stream()).info('hi');";
const WINSTON = `const { LogrtcTransport } = require('logrtc/winston');
require('winston').createLogger({ transports: [new LogrtcTransport()] }).info('hi');`;
const WORKER = "new (require('node:worker_threads').Worker)('./helper.js');";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "logrtc-name-")));
/** @type {Record<string, string>} */
const files = {
  "job.js": LOG,
  "job.v2.cjs": LOG,
  "pino.js": PINO,
  "pino_stream.js": PINO_STREAM,
  "winston.js": WINSTON,
  "worker.js": WORKER,
  "helper.js": LOG,
  "plain/src/index.js": LOG,
  "shop/package.json": '{"name": "@acme/checkout", "type": "commonjs"}',
  "shop/index.js": LOG,
  "shop/src/server.js": LOG,
  "shop/src/main.js": PINO,
};

/** @type {StrictServer} */
let server;
before(async () => {
  server = await StrictServer.start();
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(PACKAGE, join(folder, "node_modules/logrtc"));
  for (const name of ["pino", "winston"]) {
    symlinkSync(join(PACKAGE, "node_modules", name), join(folder, "node_modules", name));
  }
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
});
after(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true });
});

/** The name of what `node ARGS` registers. @param {string[]} args @param {{input?: string, env?: Record<string, string>}} [how] */
async function nameOf(args, { input = "", env = {} } = {}) {
  server.heard = [];
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, LOGRTC_URL: server.url, ...env },
    stdio: ["pipe", "ignore", "inherit"],
  });
  child.stdin.end(input);
  const exited = new Promise((resolve) => child.once("exit", resolve));
  assert.equal(await within(`node ${args.join(" ")} ends`, exited), 0);
  return server.heard[0]?.client_id;
}

/** @type {[string, string[], {input?: string, env?: Record<string, string>}?][]} */
const cases = [
  ["job", ["job.js"]],
  ["job", ["job"]],
  ["job", ["--stack-trace-limit=20", "-r", "node:fs", join(folder, "job.js"), "an argument"]],
  ["job.v2", ["job.v2.cjs"]],
  ["plain", ["plain/src/index.js"]],
  ["plain", ["plain/src"]],
  ["checkout", ["shop/src/server.js"]],
  ["checkout", ["shop"]],
  ["node", ["-e", LOG]],
  ["node", ["-e", LOG, "job.js"]],
  ["node", ["-pe", LOG]],
  ["node", [], { input: LOG }],
  ["node", ["-", "job.js"], { input: LOG }],
  ["node", ["-i"], { input: `${LOG}\n.exit\n` }],
  ["pino", ["pino.js"]],
  ["checkout", ["shop/src/main.js"]],
  ["pino_stream", ["pino_stream.js"]],
  ["winston", ["winston.js"]],
  ["worker", ["worker.js"]],
  ["by the environment", ["job.js"], { env: { LOGRTC_CLIENT_ID: "by the environment" } }],
];

for (const [name, args, how] of cases) {
  test(`node ${args.join(" ")} is ${name}`, async () => {
    assert.equal(await nameOf(args, how), name);
  });
}
