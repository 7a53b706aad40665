import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { LogrtcTransport } from "logrtc/winston";
import winston from "winston";
import { eventually, within } from "../../tests/lib/deadline.mjs";
import { connected, entriesOf, hasConsumers, join, optionsFor, startServer } from "./lib/connected.mjs";

test("levels, fields, errors and targets", async (t) => {
  const { producer, consumer } = await connected(t);
  const log = winston.createLogger({
    level: "silly",
    defaultMeta: { service: "shop" },
    format: winston.format.combine(winston.format.errors({ stack: true }), winston.format.colorize()),
    transports: [new LogrtcTransport({ producer, target: "app" })],
  });
  for (const level of ["error", "warn", "info", "http", "verbose", "debug", "silly"]) {
    log.log(level, `at ${level}`);
  }
  log.info("with fields", { module: "app.db", rows: 3, big: 1n, label: "fragile" });
  log.child({ label: "app.http", request: "r1" }).warn("child");
  log.error(new TypeError("bad"));
  const service = "shop";
  const entries = await entriesOf(consumer, 10);
  const { stack } = entries[9].fields;
  delete entries[9].fields.stack;
  assert.match(stack, /^TypeError: bad\n/);
  assert.deepEqual(entries, [
    { level: "ERROR", target: "app", message: "at error", fields: { service } },
    { level: "WARN", target: "app", message: "at warn", fields: { service } },
    { level: "INFO", target: "app", message: "at info", fields: { service } },
    { level: "INFO", target: "app", message: "at http", fields: { service, level_name: "HTTP" } },
    { level: "DEBUG", target: "app", message: "at verbose", fields: { service, level_name: "VERBOSE" } },
    { level: "DEBUG", target: "app", message: "at debug", fields: { service } },
    { level: "DEBUG", target: "app", message: "at silly", fields: { service, level_name: "SILLY" } },
    {
      level: "INFO",
      target: "app",
      message: "with fields",
      fields: { service, module: "app.db", rows: 3, big: 1, label: "fragile" },
    },
    { level: "WARN", target: "app.http", message: "child", fields: { label: "app.http", request: "r1", service } },
    { level: "ERROR", target: "app", message: "bad", fields: { service } },
  ]);
});

test("levels of syslog and of the program, times, and a level of the transport", async (t) => {
  const { producer, consumer } = await connected(t);
  const log = winston.createLogger({
    levels: { ...winston.config.syslog.levels, chatter: 8 },
    level: "chatter",
    format: winston.format.timestamp(),
    transports: [
      new LogrtcTransport({ producer, level: "chatter" }),
      new LogrtcTransport({ producer, level: "emerg" }),
    ],
  });
  log.log("emerg", "twice");
  log.log("warning", "w");
  log.log("chatter", "c");
  log.log({ level: "notice", message: "n", timestamp: "at noon" });
  const came = await consumer.entries(5);
  assert.ok(came.every(({ timestamp }) => Math.abs(Date.now() - Date.parse(timestamp)) < 60_000));
  assert.deepEqual(
    came.map(({ timestamp, ...entry }) => entry),
    [
      { level: "ERROR", target: "winston", message: "twice", fields: { level_name: "EMERG" } },
      { level: "ERROR", target: "winston", message: "twice", fields: { level_name: "EMERG" } },
      { level: "WARN", target: "winston", message: "w" },
      { level: "INFO", target: "winston", message: "c", fields: { level_name: "chatter" } },
      { level: "INFO", target: "winston", message: "n", fields: { timestamp: "at noon", level_name: "NOTICE" } },
    ],
  );
});

test("messages that are no texts, errors without a format for them, and times of any kind", async (t) => {
  const { producer, consumer } = await connected(t);
  const log = winston.createLogger({ transports: [new LogrtcTransport({ producer })] });
  log.error(new TypeError("top"));
  log.info({ a: 1n });
  log.info(/** @type {any} */ (undefined));
  for (const timestamp of [1_531_171_074_631, "2018-07-09T21:17:54.631Z", new Date(1_531_171_074_631), 1e300, null]) {
    log.log({ level: "info", message: "m", timestamp });
  }
  const [error, object, nothing, ...timed] = await consumer.entries(8);
  assert.deepEqual([error.message, error.fields.type], ["top", "TypeError"]);
  assert.match(error.fields.stack, /^TypeError: top\n/);
  assert.deepEqual([object.message, nothing.message], ['{"a":1}', ""]);
  for (const { timestamp, fields } of timed.slice(0, 3)) {
    assert.deepEqual([timestamp, fields], ["2018-07-09T21:17:54.631Z", undefined]);
  }
  assert.deepEqual(
    timed.slice(3).map(({ fields }) => fields),
    [{ timestamp: 1e300 }, { timestamp: null }],
  );
});

test("what a call passes stays in the fields, and is no target", async (t) => {
  const { producer, consumer } = await connected(t);
  class ValidationError extends Error {
    name = "ValidationError";
  }
  const transports = () => [new LogrtcTransport({ producer, target: "app" })];
  const log = winston.createLogger({ transports: transports() });
  log.info("created", { name: "Alice" });
  log.error(new ValidationError("bad"));
  log.error("failed", new ValidationError("worse"));
  const named = winston.createLogger({ defaultMeta: { name: "shop", module: "db" }, transports: transports() });
  named.info("of the logger");
  named.info("of the call", { module: "m" });
  log.info("traced", { trace_id: "t1", span_id: "s1", trace_flags: "01" });
  log.info("no ids", { trace_id: 5 });
  const entries = await entriesOf(consumer, 7);
  for (const entry of entries) {
    delete entry.fields.stack;
  }
  assert.deepEqual(entries, [
    { level: "INFO", target: "app", message: "created", fields: { name: "Alice" } },
    { level: "ERROR", target: "app", message: "bad", fields: { name: "ValidationError", type: "ValidationError" } },
    { level: "ERROR", target: "app", message: "failed worse", fields: { name: "ValidationError" } },
    { level: "INFO", target: "db", message: "of the logger", fields: { name: "shop" } },
    { level: "INFO", target: "shop", message: "of the call", fields: { module: "m" } },
    { level: "INFO", target: "app", message: "traced", fields: { trace_flags: "01" }, span: { id: "s1", trace_id: "t1" } },
    { level: "INFO", target: "app", message: "no ids", fields: { trace_id: 5 } },
  ]);
});

test("a time that may mean another stays a field, and formats are read by what they leave", async (t) => {
  const { producer, consumer } = await connected(t);
  const { format } = winston;
  const since = Date.now();
  const inTokyo = () => new Date().toLocaleString("en-US", { timeZone: "Asia/Tokyo" });
  /** @type {[winston.Logform.Format, string, (fields: any) => unknown, unknown][]} */
  const formats = [
    [format.timestamp({ format: inTokyo }), "m", ({ timestamp }) => typeof timestamp, "string"],
    [format.timestamp({ format: () => "03/04/2026 10:00:00" }), "m", ({ timestamp }) => timestamp, "03/04/2026 10:00:00"],
    [format.timestamp({ format: "YYYY-MM-DD HH:mm:ss" }), "m", ({ timestamp }) => timestamp.length, 19],
    [format.timestamp({ format: () => "2026-04-03T10:00:00" }), "m", ({ timestamp }) => timestamp, "2026-04-03T10:00:00"],
    [format.timestamp(), "m", (fields) => fields, { a: 1 }],
    [format.combine(format.timestamp(), format.logstash()), "m", (fields) => fields, { a: 1 }],
    [format.metadata(), "m", ({ metadata }) => metadata, { a: 1 }],
    [format.printf(() => "printed"), "m", (fields) => fields, { a: 1 }],
    [format(({ message, ...info }) => /** @type {any} */ ({ ...info, msg: message }))(), "m", (fields) => fields, { a: 1, msg: "m" }],
    [format((info) => ({ ...info, message: { event: info.message } }))(), '{"event":"m"}', (fields) => fields, { a: 1 }],
  ];
  for (const [shape] of formats) {
    winston.createLogger({ format: shape, transports: [new LogrtcTransport({ producer })] }).info("m", { a: 1 });
  }
  const entries = await consumer.entries(formats.length);
  for (const [index, [, message, of, value]] of formats.entries()) {
    const { timestamp, fields, ...entry } = entries[index];
    assert.deepEqual([entry.message, of(fields)], [message, value], String(index));
    assert.ok(Date.parse(timestamp) >= since && Date.parse(timestamp) <= Date.now(), `${index} ${timestamp}`);
  }
});

test("nothing that is logged stops winston", async (t) => {
  const { producer, consumer } = await connected(t);
  const transport = new LogrtcTransport({ producer });
  const log = winston.createLogger({ transports: [transport] });
  /** @type {any} */
  const hostile = {
    level: "info",
    message: "hostile",
    get [Symbol("hostile")]() {
      throw new Error("no");
    },
  };
  hostile.self = hostile;
  const warned = once(log, "warn");
  log.log(hostile);
  assert.match(String(await within("winston is told", warned)), /no/);
  for (let number = 0; number < 1_000; number += 1) {
    log.info("numbered", { number });
  }
  const entries = await entriesOf(consumer, 1_000);
  assert.deepEqual(
    entries.map(({ fields }) => fields.number),
    Array.from({ length: 1_000 }, (_, number) => number),
  );
});

test("the end of the logger delivers, and ends a producer of its own", async (t) => {
  const server = await startServer(t);
  const transport = new LogrtcTransport({ ...optionsFor(server) });
  const log = winston.createLogger({ transports: [transport] });
  const consumer = join(t, server);
  await hasConsumers(transport.producer);
  await consumer.opened();
  for (let number = 0; number < 1_000; number += 1) {
    log.info("numbered", { number });
  }
  const finished = once(transport, "finish");
  log.end();
  await within("the transport finishes", finished);
  assert.equal(transport.producer.state, "closed");
  assert.equal((await consumer.entries(1_000)).length, 1_000);
});

test("a logger that is closed ends it, too", async () => {
  const transport = new LogrtcTransport({ clientId: "test", environment: false, url: "ws://127.0.0.1:9/" });
  winston.createLogger({ transports: [transport] }).close();
  await eventually("it closes", () => transport.producer.state === "closed");
});
