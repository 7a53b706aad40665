/** Whatever is passed to a log call: the entry arrives, and the program is told of the consumer. */

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Child } from "../lib/child.mjs";
import { DataChannelConsumer, cleanup } from "../lib/data_channel_consumer.mjs";
import { eventually, within } from "../lib/deadline.mjs";
import { Server } from "../lib/server.mjs";
import { program } from "./programs.mjs";

// Its threads keep a process alive.
after(() => cleanup());

const ENTRIES = [
  { level: "ERROR", target: "app", message: "broken fields", fields: { invalid_json: '{"name":"the "first""}' } },
  { level: "INFO", target: "careless", message: "" },
  { level: "INFO", target: "a\ufffd", message: "\ufffd(", fields: { k: "\ufffd" } },
  { level: "ERROR", target: "app", message: "beyond error" },
  { level: "WARN", target: "app", message: "42 percent%" },
  { level: "INFO", target: "long", message: "7".padStart(600, "0") },
  {
    level: "INFO",
    target: "app",
    message: "typed",
    // The parser of this language does not hold the digits.
    fields: { rows: -1, big: 2 ** 64, text: 'a "quote"', yes: true, user: { none: null }, list: [0.5] },
    span: { id: "s" },
  },
  { level: "INFO", target: "app", message: "not JSON", fields: { j: "[1" } },
];

test("careless log calls", async (t) => {
  const server = await Server.start();
  t.after(() => server.kill());
  /** @type {string[]} */
  const lines = [];
  const child = new Child(program("log_calls"), [server.signalingUrl], (line) => lines.push(line));
  t.after(() => child.kill());
  const consumer = new DataChannelConsumer(server.signalingUrl);
  t.after(() => consumer.leave());
  const entries = await Promise.race([consumer.entries(ENTRIES.length), child.endedEarly()]);
  assert.deepEqual(
    entries.map(({ timestamp, ...entry }) => entry),
    ENTRIES,
  );
  await eventually("the program is told of the consumer", () => lines.includes("connected"));
  await eventually("every entry is acknowledged", () => lines.includes("delivered"));
  consumer.leave();
  const end = /^disconnected (left|closed_by_consumer), 8 of 8 delivered$/;
  await eventually("the program is told of its end", () => lines.some((line) => end.test(line))).catch((error) => {
    throw new Error(`${error.message}: ${lines.join(", ")}`);
  });
  child.child.stdin.end();
  assert.equal(await within("the program ends", child.exited), 0, child.complaints.join("\n"));
  await eventually("the program is told of the close", () => lines.at(-1) === "state closed");
  assert.deepEqual(
    lines.filter((line) => line.startsWith("state ")),
    ["state connecting", "state registered", "state closed"],
  );
});

test("spdlog keeps its MDC", async (t) => {
  const server = await Server.start();
  t.after(() => server.kill());
  const child = new Child(program("spdlog"), [server.signalingUrl], () => {});
  t.after(() => child.kill());
  const consumer = new DataChannelConsumer(server.signalingUrl);
  t.after(() => consumer.leave());
  const entries = await consumer.entries(3);
  const thread = entries[0].fields["thread.id"];
  assert.ok(thread > 0);
  const source = { "code.file.path": "shop.cpp", "code.line.number": 12, "code.function.name": "buy" };
  assert.deepEqual(
    entries.map(({ level, target, message, fields }) => [level, target, message, fields]),
    [
      ["DEBUG", "shop", "with MDC", { "thread.id": thread, level_name: "TRACE", request: 'r"1', user: "7" }],
      ["WARN", "shop", "less", { "thread.id": thread, ...source, request: 'r"1' }],
      ["ERROR", "shop", "none", { "thread.id": thread, level_name: "CRITICAL" }],
    ],
  );
  assert.equal(await within("the program ends", child.exited), 0, child.complaints.join("\n"));
});
