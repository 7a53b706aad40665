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
  log.info("with fields", { module: "app.db", rows: 3, big: 1n });
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
    { level: "INFO", target: "app.db", message: "with fields", fields: { service, rows: 3, big: 1 } },
    { level: "WARN", target: "app.http", message: "child", fields: { service, request: "r1" } },
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
