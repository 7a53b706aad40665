import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { connect } from "logrtc";
import pinoTransport, { stream } from "logrtc/pino";
import pino from "pino";
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
  log.info({ level: "mine", time: "noon" }, "over the own keys");
}

const pid = process.pid;
const expected = [
  { level: "DEBUG", target: "app", message: "t", fields: { pid, hostname: "h", level_name: "TRACE" } },
  { level: "DEBUG", target: "app", message: "d", fields: { pid, hostname: "h" } },
  {
    level: "INFO",
    target: "app",
    message: "slow query",
    fields: { pid, hostname: "h", order: 1001, nested: { a: [1, null] } },
  },
  { level: "WARN", target: "app.db", message: "w", fields: { pid, hostname: "h", name: "app" } },
  { level: "ERROR", target: "app.http", message: "bad", fields: { pid, hostname: "h", name: "app", request: "r1" } },
  { level: "INFO", target: "app", message: "shadowed", fields: { pid, hostname: "h", request: "r3" } },
  { level: "ERROR", target: "app", message: '日志 "f"\n', fields: { pid, hostname: "h", level_name: "FATAL" } },
  { level: "INFO", target: "app", message: "n", fields: { pid, hostname: "h", level_name: "NOTICE" } },
  { level: "INFO", target: "app", message: "over the own keys", fields: { pid, hostname: "h", level_name: "mine" } },
];

const options = { name: "app", level: "trace", base: { pid, hostname: "h" }, customLevels: { notice: 35 } };

/** @param {import('../../tests/lib/data_channel_consumer.mjs').DataChannelConsumer} consumer */
async function assertAll(consumer) {
  const entries = await entriesOf(consumer, expected.length);
  const { err } = entries[4].fields;
  delete entries[4].fields.err;
  assert.deepEqual([err.type, err.message], ["TypeError", "bad"]);
  assert.match(err.stack, /^TypeError: bad\n/);
  const own = entries[8];
  delete own.fields.time;
  assert.deepEqual(entries, expected);
}

test("a stream in the same thread", async (t) => {
  const { producer, consumer } = await connected(t);
  logAll(pino(options, stream({ producer })));
  await assertAll(consumer);
});

test("a transport in a worker", async (t) => {
  const server = await startServer(t);
  const transport = pino.transport({ target: "logrtc/pino", options: optionsFor(server) });
  await within("the worker is ready", once(transport, "ready"));
  logAll(pino(options, transport));
  const consumer = join(t, server);
  await assertAll(consumer);
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
    ["line: must be a string, not number", () => own.write(/** @type {any} */ (5))],
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
