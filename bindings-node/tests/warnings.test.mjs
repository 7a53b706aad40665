/** Trouble with the signaling server is said once, however a program logs. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Program } from "./lib/program.mjs";
import { StrictServer } from "../../tests/lib/strict_server.mjs";

/** A port that nobody listens on. */
async function freePort() {
  const server = await StrictServer.start();
  const { port } = server;
  await server.stop();
  return String(port);
}

/** @param {string} how @param {Record<string, string>} [environment] */
async function run(how, environment = {}) {
  const port = await freePort();
  const program = new Program("warned", [how, port], environment);
  assert.equal(await program.end(), 0, program.complaints);
  return { port, lines: program.lines, complaints: program.complaints };
}

for (const how of ["alone", "listeners", "worker"]) {
  test(`an outage is one warning, and its end is one (${how})`, async () => {
    const { port, lines, complaints } = await run(how);
    const [failed, recovered, ...warnings] = lines;
    assert.match(failed, /^failed .*refused/);
    assert.equal(recovered, "recovered null");
    const url = `ws://127.0.0.1:${port}/signaling`;
    assert.equal(warnings.length, 2);
    assert.ok(warnings[0].startsWith(`LogrtcWarning LOGRTC_SIGNALING app: no connection to the signaling server ${url}: `));
    assert.equal(warnings[1], `LogrtcWarning LOGRTC_SIGNALING app: the signaling server ${url} is connected again`);
    assert.equal(complaints.match(/LogrtcWarning/g)?.length, 2, complaints);
  });
}

test("pino's worker warns, too", async () => {
  const { complaints } = await run("pino");
  assert.equal(complaints.match(/LogrtcWarning: app: no connection/g)?.length, 1, complaints);
});

test("a producer that logs nothing keeps no process alive to warn", async () => {
  const since = performance.now();
  await run("idle");
  assert.ok(performance.now() - since < 5_000);
});

test("NODE_NO_WARNINGS and --no-warnings silence it, at the end as well", async () => {
  for (const environment of [{ NODE_NO_WARNINGS: "1" }, { NODE_OPTIONS: "--no-warnings" }]) {
    for (const how of ["alone", "pino"]) {
      assert.equal((await run(how, environment)).complaints, "", how);
    }
    const program = new Program("short", ["ws://127.0.0.1:9/", "0", "job"], environment);
    assert.equal(await program.end(), 0);
    assert.equal(program.complaints, "");
  }
});
