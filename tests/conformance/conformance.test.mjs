import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { Child } from "../lib/child.mjs";
import { DataChannelConsumer, cleanup } from "../lib/data_channel_consumer.mjs";
import { within } from "../lib/deadline.mjs";
import { Server } from "../lib/server.mjs";
import { readCases } from "./cases.mjs";
import { MAX_ENTRY_BYTES, faces } from "./faces.mjs";

const cases = readCases();
const TIMESTAMP = /^\{"timestamp":"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z",/;

// Its threads keep a process alive.
after(() => cleanup());

test("no two cases have a name in common, and each says what it logs", () => {
  assert.equal(new Set(cases.map(({ name }) => name)).size, cases.length);
  for (const { name, send, level, target, message, entry } of cases) {
    assert.ok(send !== undefined || [level, target, message].every((part) => part !== undefined), name);
    assert.ok(Buffer.byteLength(entry) <= MAX_ENTRY_BYTES, name);
    JSON.parse(entry);
  }
});

for (const face of faces) {
  describe(face.name, async () => {
    const said = cases.filter(({ unsayable }) => unsayable?.[face.name] === undefined);
    /** @type {unknown[]} */
    let messages = [];

    test("everything that is logged arrives", async (t) => {
      const server = await Server.start();
      t.after(() => server.kill());
      let told = (/** @type {string} */ _line) => {};
      /** @type {Promise<string>} */
      const logged = new Promise((resolve) => {
        told = resolve;
      });
      const variables = [`LOGRTC_URL=${server.signalingUrl}`, `MAX_ENTRY_BYTES=${MAX_ENTRY_BYTES}`];
      const running = new Child("env", [...variables, ...face.command()], (line) => told(line));
      t.after(() => running.kill());
      const consumer = new DataChannelConsumer(server.signalingUrl);
      t.after(() => consumer.leave());
      running.child.stdin.write(face.input(said));
      running.say("end");
      const line = await within("the cases are logged", Promise.race([logged, running.endedEarly()]));
      assert.equal(line, `logged ${said.length}`);
      await consumer.entries(said.length);
      assert.equal(await running.finish(), 0);
      messages = consumer.messages;
      assert.equal(messages.length, said.length);
    });

    for (const [index, { name, send, entry }] of said.entries()) {
      test(name, () => {
        const message = String(messages[index]);
        if (send === undefined) {
          assert.match(message, TIMESTAMP);
          assert.equal(message.replace(TIMESTAMP, "{"), entry);
        } else {
          assert.equal(message, entry);
        }
      });
    }
  });
}
