import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { LogrtcError, connect, serve } from "logrtc";
import { serve as serveOfViewer } from "logrtc/viewer";
import { DataChannelConsumer, cleanup } from "../../tests/lib/data_channel_consumer.mjs";
import { eventually, within } from "../../tests/lib/deadline.mjs";
import { Program } from "./lib/program.mjs";

// Its threads keep a process alive.
after(() => cleanup());

test("a server in the process serves the page, and introduces producer and consumer", async (t) => {
  assert.equal(serve, serveOfViewer);
  const server = await serve({ listen: "127.0.0.1:0", allowOrigins: ["https://example.com"] });
  t.after(() => server.close());
  const page = await fetch(server.url);
  assert.equal(page.status, 200);
  assert.match(await page.text(), /<html/);
  const producer = connect({ clientId: "app", url: server.signalingUrl, iceServers: [], environment: false });
  t.after(() => producer.close());
  producer.info("app", "hello");
  const consumer = new DataChannelConsumer(server.signalingUrl);
  t.after(() => consumer.leave());
  assert.equal((await consumer.entries(1))[0].message, "hello");
});

test("a server that others can reach has a token for its own producer", async (t) => {
  const alone = await serve({ listen: "127.0.0.1:0" });
  t.after(() => alone.close());
  assert.equal(alone.token, undefined);
  const server = await serve({ listen: "0.0.0.0:0" });
  t.after(() => server.close());
  assert.ok(server.token !== undefined && server.url.endsWith(`#token=${server.token}`));
  const url = server.signalingUrl.replace("0.0.0.0", "127.0.0.1");
  const producer = connect({ clientId: "app", url, token: server.token, iceServers: [], environment: false });
  t.after(() => producer.close());
  await eventually("it registers", () => producer.state === "registered");
});

test("localhost is an address, too", async (t) => {
  for (const host of ["localhost", "LOCALHOST"]) {
    const server = await serve({ listen: `${host}:0` });
    t.after(() => server.close());
    assert.match(server.url, /^http:\/\/127\.0\.0\.1:\d+\/$/);
    assert.equal((await fetch(server.url.replace("127.0.0.1", "localhost"))).status, 200);
  }
});

test("open shows the page in a browser, and warns if there is none", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "logrtc-open-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const shown = join(folder, "shown");
  const browser = join(folder, "browser");
  writeFileSync(browser, `#!/bin/sh\necho "$1" > ${shown}.new && mv ${shown}.new ${shown}\n`, { mode: 0o755 });
  const secret = "0123456789abcdef0123456789abcdef";
  const program = new Program("opening", [], { BROWSER: browser, LOGRTC_SECRET: secret });
  await eventually("the browser is started", () => existsSync(shown));
  program.tell("end");
  assert.equal(await program.end(), 0, program.complaints);
  assert.deepEqual(program.lines, [readFileSync(shown, "utf8").trim()]);
  assert.match(program.lines[0] ?? "", new RegExp(`/#secret=${secret}$`));
  assert.equal(program.complaints, "");

  const without = new Program("opening", [], { BROWSER: join(folder, "none"), DISPLAY: "", WAYLAND_DISPLAY: "", PATH: "" });
  await eventually("it warns", () => without.complaints !== "");
  without.tell("end");
  assert.equal(await without.end(), 0);
  assert.match(without.complaints, /\[LOGRTC_BROWSER\] LogrtcWarning: cannot open http:\/\/127\.0\.0\.1:\d+\/ in a browser: /);
});

test("a closed server frees its port, and closes once", async () => {
  const server = await serve({ listen: "127.0.0.1:0" });
  const listen = new URL(server.url).host;
  await assert.rejects(serve({ listen }), (error) => {
    assert.ok(error instanceof LogrtcError);
    const cause = /** @type {NodeJS.ErrnoException} */ (error.cause);
    assert.deepEqual([error.code, cause.code], ["LOGRTC_INTERNAL", "EADDRINUSE"]);
    return true;
  });
  await Promise.all([server.close(), server.close()]);
  const again = await serve({ listen });
  await again.close();
});

test("what is wrong is refused with a code, and named", async () => {
  /** @type {[any, RegExp][]} */
  const wrong = [
    ["text", /^options: must be an object/],
    [{ port: 1 }, /^port: is not an option; use listen/],
    [{ allowedOrigins: [] }, /^allowedOrigins: is not an option; did you mean allowOrigins\?$/],
    [{ listen: "nowhere" }, /^listen: "nowhere" is not an address/],
    [{ listen: "localhost:port" }, /^listen: "localhost:port" is not an address/],
    [{ listen: "localhost" }, /^listen: "localhost" is not an address with a port, as in 127.0.0.1:8080 or localhost:8080/],
    [{ listen: "127.0.0.1:0", open: 1 }, /^open: must be a boolean, not number/],
    [{ listen: 8080 }, /^listen: must be a string, not number/],
    [{ listen: "127.0.0.1:0", allowOrigins: ["nonsense"] }, /^allowOrigins: /],
    [{ listen: "127.0.0.1:0", allowOrigins: "https://x" }, /./],
  ];
  for (const [options, message] of wrong) {
    await assert.rejects(serve(options), (error) => {
      assert.ok(error instanceof LogrtcError);
      assert.deepEqual([error.code, message.test(error.message)], ["LOGRTC_INVALID_ARGUMENT", true], error.message);
      return true;
    });
  }
});

test("a server whose address alone is kept goes on", async () => {
  const program = new Program("forgotten");
  assert.equal(await program.end(), 0, program.complaints);
  assert.deepEqual(program.lines, ["200"]);
});

test("a server keeps the process alive, until it is closed or let go of", async () => {
  for (const how of ["close", "unref"]) {
    const program = new Program("server", [how]);
    await program.said("served");
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(program.child.exitCode, null);
    program.child.kill("SIGUSR2");
    assert.equal(await within("the program ends", program.end()), 0);
    assert.deepEqual(program.lines, ["served", "told"]);
  }
});
