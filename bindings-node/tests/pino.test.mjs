import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { connect } from "logrtc";
import pinoTransport, { stream } from "logrtc/pino";
import pino from "pino";
import { Lines } from "../lib/lines.js";
import { ConsumerProcess } from "../../tests/lib/consumer_process.mjs";
import { eventually, within } from "../../tests/lib/deadline.mjs";
import { connected, entriesOf, join, optionsFor, startServer } from "./lib/connected.mjs";

/** @param {import('pino').Logger<'notice'>} log */
function logAll(log) {
  log.trace("t");
  log.debug("d");
  log.info({ order: 1001, nested: { a: [1, null] } }, "slow %s", "query");
  log.warn({ module: "app.db" }, "w");
  log.child({ module: "app.http", request: "r1" }).error(new TypeError("bad"));
  log.child({ request: "r1" }).child({ request: "r2" }).info({ request: "r3" }, "shadowed");
  log.fatal('日志 "f"\n');
  log.notice("n");
  log.info({ level: "mine", time: "noon" }, "beside the own keys");
}

const base = { pid: process.pid, hostname: "h" };

/** What arrives; in pino's worker a target may be of the logger or of what is logged, so it is a field as well. @param {boolean} inWorker */
function expected(inWorker) {
  const named = inWorker ? { ...base, name: "app" } : base;
  return [
    { level: "DEBUG", target: "app", message: "t", fields: { ...named, level_name: "TRACE" } },
    { level: "DEBUG", target: "app", message: "d", fields: named },
    { level: "INFO", target: "app", message: "slow query", fields: { ...named, order: 1001, nested: { a: [1, null] } } },
    { level: "WARN", target: inWorker ? "app.db" : "app", message: "w", fields: { ...named, module: "app.db" } },
    {
      level: "ERROR",
      target: "app.http",
      message: "bad",
      fields: { ...base, name: "app", ...(inWorker && { module: "app.http" }), request: "r1" },
    },
    { level: "INFO", target: "app", message: "shadowed", fields: { ...named, request: "r3" } },
    { level: "ERROR", target: "app", message: '日志 "f"\n', fields: { ...named, level_name: "FATAL" } },
    { level: "INFO", target: "app", message: "n", fields: { ...named, level_name: "NOTICE" } },
    { level: "INFO", target: "app", message: "beside the own keys", fields: { ...named, level: "mine", time: "noon" } },
  ];
}

const options = { name: "app", level: "trace", base, customLevels: { notice: 35 } };

/** @param {import('../../tests/lib/data_channel_consumer.mjs').DataChannelConsumer} consumer @param {boolean} inWorker */
async function assertAll(consumer, inWorker) {
  const entries = await entriesOf(consumer, expected(inWorker).length);
  const { err } = entries[4].fields;
  delete entries[4].fields.err;
  assert.deepEqual([err.type, err.message], ["TypeError", "bad"]);
  assert.match(err.stack, /^TypeError: bad\n/);
  assert.deepEqual(entries, expected(inWorker));
}

test("a stream in the same thread", async (t) => {
  const { producer, consumer } = await connected(t);
  logAll(pino(options, stream({ producer })));
  await assertAll(consumer, false);
});

test("a transport in a worker", async (t) => {
  const server = await startServer(t);
  const transport = pino.transport({ target: "logrtc/pino", options: optionsFor(server) });
  await within("the worker is ready", once(transport, "ready"));
  logAll(pino(options, transport));
  const consumer = join(t, server);
  await assertAll(consumer, true);
  await within("pino flushes", new Promise((resolve) => pino(options, transport).flush(resolve)));
  transport.end();
  await within("the worker ends", once(transport, "close"));
});

test("a transport beside others, with a level of its own", async (t) => {
  const server = await startServer(t);
  /** @type {import('pino').TransportTargetOptions[]} */
  const targets = [
    { target: "logrtc/pino", level: "warn", options: optionsFor(server) },
    { target: "pino/file", level: "info", options: { destination: "/dev/null" } },
  ];
  const transport = pino.transport({ targets });
  const log = pino({ base: null }, transport);
  log.info("no");
  log.warn("yes");
  const consumer = join(t, server);
  assert.deepEqual(await entriesOf(consumer, 1), [{ level: "WARN", target: "test", message: "yes" }]);
  transport.end();
  await within("the worker ends", once(transport, "close"));
});

test("times, labels and another key for the message", async (t) => {
  const { producer, consumer } = await connected(t);
  const line = (/** @type {object} */ members) => `${JSON.stringify(members)}\n`;
  const log = stream({ producer, messageKey: "message", target: "default" });
  log.write(line({ level: 30, time: 1_531_171_074_631, message: "milliseconds" }));
  log.write(line({ level: 30, time: 1_531_171_074, message: "seconds" }));
  log.write(line({ level: "warn", time: "2018-07-09T21:17:54.631Z", message: "labels" }));
  log.write(line({ level: "loud", name: 5, message: { not: "text" } }));
  log.write(line({ level: null, msg: "no message" }));
  log.write("no JSON at all\n");
  log.write(
    `${line({ level: 20, message: "two" })}${line({ level: 50, message: "lines", big: 12345678901234567890n.toString() })}`,
  );
  const came = await consumer.entries(8);
  assert.deepEqual(
    came.slice(0, 3).map(({ timestamp }) => timestamp),
    ["2018-07-09T21:17:54.631Z", "2018-07-09T21:17:54.000Z", "2018-07-09T21:17:54.631Z"],
  );
  assert.deepEqual(
    came.map(({ timestamp, ...entry }) => entry),
    [
      { level: "INFO", target: "default", message: "milliseconds" },
      { level: "INFO", target: "default", message: "seconds" },
      { level: "WARN", target: "default", message: "labels" },
      { level: "INFO", target: "default", message: '{"not":"text"}', fields: { name: 5, level_name: "loud" } },
      { level: "INFO", target: "default", message: "", fields: { level: null, msg: "no message" } },
      { level: "INFO", target: "default", message: "no JSON at all" },
      { level: "DEBUG", target: "default", message: "two" },
      { level: "ERROR", target: "default", message: "lines", fields: { big: "12345678901234567890" } },
    ],
  );
});

test("what a call passes stays in the fields beside what the logger writes", async (t) => {
  const { producer, consumer } = await connected(t);
  const own = stream({ producer, target: "default" });
  const log = pino({ base: null }, own);
  const since = Date.now();
  log.error({ level: 5, time: 12.5 }, "battery");
  log.child({ level: 30, time: 1 }).error("bound");
  log.warn({ msg: "mine" }, "m");
  log.info({ msg: "alone" });
  log.info({ module: "m", name: "Alice" }, "created");
  log.child({ module: "db", name: "bound" }).child({ module: "db.pool" }).info({ name: "Alice", module: "m" }, "shadowed");
  pino({ name: "app", base: {} }, own).info({ name: "Alice" }, "of people");
  pino({ name: "app" }, pino.multistream([{ stream: own }])).info({ pid: 1, hostname: "h", name: "Alice" }, "beside others");
  own.write(/** @type {any} */ (5));
  own.write('{"level":30,"module":"written","msg":"by hand"}\n');
  const came = await consumer.entries(10);
  for (const { timestamp } of came) {
    assert.ok(Date.parse(timestamp) >= since, timestamp);
  }
  assert.deepEqual(
    came.map(({ timestamp, ...entry }) => entry),
    [
      { level: "ERROR", target: "default", message: "battery", fields: { level: 5, time: 12.5 } },
      // pino itself leaves `level` out of bindings.
      { level: "ERROR", target: "default", message: "bound", fields: { time: 1 } },
      { level: "WARN", target: "default", message: "m", fields: { msg: "mine" } },
      { level: "INFO", target: "default", message: "alone" },
      { level: "INFO", target: "default", message: "created", fields: { module: "m", name: "Alice" } },
      { level: "INFO", target: "db.pool", message: "shadowed", fields: { name: "Alice", module: "m" } },
      { level: "INFO", target: "app", message: "of people", fields: { name: "Alice" } },
      { level: "INFO", target: "app", message: "beside others", fields: { pid: 1, hostname: "h", name: "Alice" } },
      { level: "INFO", target: "default", message: "5" },
      { level: "INFO", target: "written", message: "by hand", fields: { module: "written" } },
    ],
  );
});

test("the ids that OpenTelemetry adds are the span", async (t) => {
  const { producer, consumer } = await connected(t);
  const ids = { trace_id: "10c4b217", span_id: "c2e2d64d", trace_flags: "01" };
  pino({ base: null, mixin: () => ids }, stream({ producer })).info({ order: 1 }, "traced");
  pino({ base: null }, stream({ producer })).info({ trace_id: 5, span_id: "" }, "no ids");
  const [traced, none] = await entriesOf(consumer, 2);
  assert.deepEqual([traced.fields, traced.span], [{ order: 1, trace_flags: "01" }, { id: "c2e2d64d", trace_id: "10c4b217" }]);
  assert.deepEqual([none.fields, none.span], [{ trace_id: 5, span_id: "" }, undefined]);
});

test("30 000 lines at once through the worker, which gets them cut anywhere, are 30 000 entries", async (t) => {
  const server = await startServer(t);
  const transport = pino.transport({ target: "logrtc/pino", options: optionsFor(server) });
  const log = pino({ base: null }, transport);
  const consumer = join(t, server);
  await consumer.opened();
  const count = 30_000;
  for (let number = 0; number < count; number += 1) {
    log.info({ number, padding: "x".repeat(200) }, "numbered");
  }
  const entries = await consumer.entries(count);
  assert.ok(entries.every(({ fields, message }, number) => fields?.number === number && message === "numbered"));
  transport.end();
  await within("the worker ends", once(transport, "close"));
});

test("lines are put together whatever they are cut into, and one without an end is bounded", () => {
  const lines = new Lines();
  assert.equal(lines.take('{"a":'), "");
  assert.equal(lines.take(Buffer.from("1}\n{").subarray(0, 3)), '{"a":1}\n');
  assert.equal(lines.take("{}\n[]"), "{}\n");
  assert.equal(lines.end(), "[]");
  const mebibyte = "x".repeat(1024 * 1024);
  const cut = Array.from({ length: 20 }, () => lines.take(mebibyte)).filter((text) => text !== "");
  assert.deepEqual(cut.map(({ length }) => length), [9 * mebibyte.length]);
  assert.equal(lines.take("rest\nnext\nla"), "next\n");
  assert.equal(lines.end(), "la");
});

test("the transport puts lines together that come in pieces", async (t) => {
  const server = await startServer(t);
  const transport = pinoTransport(optionsFor(server));
  const text = Array.from({ length: 50 }, (_, number) => `{"level":30,"msg":"${number} 日志"}\n`).join("");
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += 7) {
    transport.write(bytes.subarray(start, start + 7));
  }
  transport.write('{"level":30,"msg":"without an end"}');
  const consumer = join(t, server);
  await consumer.entries(50);
  transport.end();
  await within("it finishes", once(transport, "finish"));
  const messages = (await consumer.entries(51)).map(({ message }) => message);
  assert.deepEqual(messages, [...Array.from({ length: 50 }, (_, number) => `${number} 日志`), "without an end"]);
});

test("a stream is the only argument", async (t) => {
  const { producer, consumer } = await connected(t);
  pino(stream({ producer })).info("alone");
  assert.equal((await consumer.entries(1))[0].message, "alone");
});

test("keys and levels of the program's own", async (t) => {
  const server = await startServer(t);
  const transport = pino.transport({ target: "logrtc/pino", options: { ...optionsFor(server), levelKey: "severity" } });
  const log = pino(
    {
      base: null,
      messageKey: "text",
      customLevels: { audit: 45 },
      formatters: { level: (_label, severity) => ({ severity }) },
    },
    transport,
  );
  log.audit({ level: "a field" }, "in the worker");
  const consumer = join(t, server);
  const entry = { level: "WARN", target: "test", message: "in the worker" };
  assert.deepEqual(await entriesOf(consumer, 1), [{ ...entry, fields: { level: "a field", level_name: "audit" } }]);
  transport.end();
  await within("the worker ends", once(transport, "close"));
});

test("a level_name of the program's own stays, and is there once", async (t) => {
  const { producer, consumer } = await connected(t);
  const level_name = "mine";
  producer.log("fatal", "app", "log", { level_name });
  producer.send({ timestamp: new Date(), level: "fatal", target: "app", message: "send", fields: { level_name } });
  pino({}, stream({ producer })).fatal({ level_name }, "pino");
  await consumer.entries(3);
  for (const message of consumer.messages) {
    assert.deepEqual(String(message).match(/"level_name":"[^"]*"/g), ['"level_name":"mine"']);
  }
});

test("fatal blocks for a moment where a consumer is stuck", async (t) => {
  const server = await startServer(t);
  const consumer = new ConsumerProcess(server.url);
  t.after(() => consumer.kill());
  const own = stream({ ...optionsFor(server), closeTimeoutMs: 10_000 });
  const log = pino({}, own);
  log.info("first");
  await eventually("the consumer has the first entry", () => consumer.entries.length > 0);
  await consumer.pause();
  for (let number = 0; number < 5_000; number += 1) {
    log.info({ padding: "x".repeat(200) }, "numbered");
  }
  const started = performance.now();
  log.fatal("stuck");
  const tookMs = performance.now() - started;
  // Where it waited as a close does, it would be 10 s.
  assert.ok(tookMs >= 100 && tookMs < 5_000, `${tookMs} ms`);
  await own.producer.close({ timeoutMs: 0 }).catch(() => {});
});

test("a transport that is destroyed ends its producer", async (t) => {
  const server = await startServer(t);
  /** @type {any} */
  const transport = pinoTransport(optionsFor(server));
  await eventually("it registers", () => server.heard.length === 1);
  const closed = once(transport, "close");
  transport.destroy();
  await within("it closes", closed);
  const error = await within("it calls back", new Promise((resolve) => transport.flush(resolve)));
  assert.equal(error.code, "LOGRTC_CLOSED");
});

test("what is wrong is refused with a code, and named", async () => {
  const own = stream({ clientId: "test", environment: false, disabled: true });
  /** @type {any} */
  const anyStream = stream;
  /** @type {[string, () => unknown][]} */
  const calls = [
    ["messagekey: is not an option; did you mean messageKey?", () => anyStream({ messagekey: "m" })],
    ["producer: must be a producer of logrtc", () => anyStream({ producer: {} })],
    ["producer: must be a producer of logrtc", () => anyStream({ producer: null })],
    ["options: must be an object, not null", () => anyStream(null)],
    ["messageKey: must be a string, not number", () => anyStream({ messageKey: 5 })],
  ];
  for (const [message, call] of calls) {
    assert.throws(call, { name: "LogrtcError", code: "LOGRTC_INVALID_ARGUMENT", message });
  }
  await own.close();
});

test("the level of the producer counts, too", async () => {
  const producer = connect({ clientId: "test", environment: false, url: "ws://127.0.0.1:9/", level: "warn" });
  const log = pino({}, stream({ producer }));
  log.info("no");
  log.warn("yes");
  const { accepted, filtered } = producer.stats();
  assert.deepEqual([accepted, filtered], [1, 1]);
  await within("flush calls back", new Promise((resolve) => log.flush(resolve)));
  const own = stream({ clientId: "test", environment: false, url: "ws://127.0.0.1:9/" });
  own.flushSync();
  own.end();
  await eventually("a stream closes its own producer", () => own.producer.state === "closed");
  own.flushSync();
  await own.close();
  await producer.close();
});
