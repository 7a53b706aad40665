import assert from "node:assert/strict";
import { after, test } from "node:test";
import { LogrtcError, connect, serve } from "logrtc";
import { serve as serveOfViewer } from "logrtc/viewer";
import { DataChannelConsumer, cleanup } from "../../tests/lib/data_channel_consumer.mjs";
import { within } from "../../tests/lib/deadline.mjs";
import { Program } from "./lib/program.mjs";

// Its threads keep a process alive.
after(() => cleanup());

test("a server in the process serves the page, and introduces producer and consumer", async (t) => {
  assert.equal(serve, serveOfViewer);
  const server = await serve({ listen: "127.0.0.1:0", allowedOrigins: ["https://example.com"] });
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

test("a closed server frees its port, and closes once", async () => {
  const server = await serve({ listen: "127.0.0.1:0" });
  const listen = new URL(server.url).host;
  await assert.rejects(serve({ listen }), { code: "LOGRTC_INTERNAL" });
  await Promise.all([server.close(), server.close()]);
  const again = await serve({ listen });
  await again.close();
});

test("what is wrong is refused with a code, and named", async () => {
  /** @type {[any, RegExp][]} */
  const wrong = [
    ["text", /^options: must be an object/],
    [{ port: 1 }, /^port: is not an option of serve; use listen/],
    [{ listen: "nowhere" }, /^listen: "nowhere" is not an address/],
    [{ listen: 8080 }, /^listen: must be a string, not number/],
    [{ listen: "127.0.0.1:0", allowedOrigins: ["nonsense"] }, /^allowedOrigins: /],
    [{ listen: "127.0.0.1:0", allowedOrigins: "https://x" }, /./],
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
