import assert from "node:assert/strict";
import { once } from "node:events";
import { createRequire } from "node:module";
import { networkInterfaces } from "node:os";
import { test } from "node:test";
import { inspect } from "node:util";
import * as logrtc from "logrtc";
import { LogrtcError, connect } from "logrtc";
import { eventually, within } from "../../tests/lib/deadline.mjs";
import { connected, entriesOf, hasConsumers, join, optionsFor, startServer } from "./lib/connected.mjs";

const OFF = { clientId: "test", environment: false, disabled: true };

test("every level, fields and spans arrive, in order", async (t) => {
  const { producer, consumer } = await connected(t);
  producer.debug("app", "one");
  producer.info("app.db", "two", { rows: 3, table: "orders" });
  producer.warn("app", "three", null, { id: "s", trace_id: "t", parent_id: "p" });
  producer.error("app", "four", undefined, { id: "s", trace_id: null });
  producer.log("INFO", "app", "five");
  producer.log("fatal", "app", "six", { a: 1 }, { trace_id: "t" });
  const date = new Date(0);
  producer.send({ timestamp: date, level: "trace", target: "app", message: "seven", fields: { a: 1n }, span: null });
  assert.deepEqual(await entriesOf(consumer, 7), [
    { level: "DEBUG", target: "app", message: "one" },
    { level: "INFO", target: "app.db", message: "two", fields: { rows: 3, table: "orders" } },
    { level: "WARN", target: "app", message: "three", span: { id: "s", trace_id: "t", parent_id: "p" } },
    { level: "ERROR", target: "app", message: "four", span: { id: "s" } },
    { level: "INFO", target: "app", message: "five" },
    { level: "ERROR", target: "app", message: "six", fields: { a: 1, level_name: "FATAL" }, span: { trace_id: "t" } },
    { level: "DEBUG", target: "app", message: "seven", fields: { a: 1, level_name: "TRACE" } },
  ]);
  const [first, , , , , , last] = await consumer.entries(7);
  assert.ok(Math.abs(Date.now() - Date.parse(first.timestamp)) < 60_000);
  assert.equal(last.timestamp, date.toISOString());
});

test("what was logged before a consumer came is there when it does", async (t) => {
  const server = await startServer(t);
  const producer = connect(optionsFor(server));
  t.after(() => producer.close());
  producer.info("app", "before");
  const consumer = join(t, server);
  await hasConsumers(producer);
  assert.deepEqual(await entriesOf(consumer, 1), [{ level: "INFO", target: "app", message: "before" }]);
});

test("flush resolves when everything is delivered", async (t) => {
  const { producer } = await connected(t);
  for (let number = 0; number < 1_000; number += 1) {
    producer.info("app", "numbered", { number });
  }
  await producer.flush({ timeoutMs: 10_000 });
  const [{ counts }] = producer.stats().consumers;
  assert.deepEqual(
    { ...counts, accepted: 0 },
    {
      accepted: 0,
      delivered: 1_000,
      waiting: 0,
      dropped: 0,
      filtered: 0,
      droppedBy: { overflow: 0, refused: 0, oversize: 0, disconnected: 0 },
    },
  );
  producer.info("app", "one more");
  producer.flushSync({ timeoutMs: 10_000 });
  assert.equal(producer.stats().consumers[0].counts.delivered, 1_001);
});

test("without a consumer, flush and close are done at once", async (t) => {
  const server = await startServer(t);
  const producer = connect(optionsFor(server));
  producer.info("app", "unread");
  await within("flush", producer.flush(), 1_000);
  producer.flushSync();
  await within("close", producer.close(), 1_000);
  assert.equal(producer.state, "closed");
});

test("after close, log calls are counted, and waiting is refused", async () => {
  const producer = connect({ clientId: "test", url: "ws://127.0.0.1:9/", environment: false });
  producer.info("app", "before");
  await Promise.all([producer.close(), producer.close()]);
  producer.info("app", "after");
  producer.log("fatal", "app", "after", {}, { id: "s" });
  assert.equal(producer.stats().afterClose, 2);
  assert.equal(producer.enabled("error", "app"), false);
  assert.throws(() => producer.flushSync(), { code: "LOGRTC_CLOSED" });
  await assert.rejects(producer.flush(), { code: "LOGRTC_CLOSED", name: "LogrtcError" });
  await producer.close();
});

test("a close overtakes a flush", async (t) => {
  const { producer, consumer } = await connected(t);
  consumer.channel?.close();
  producer.info("app", "x");
  const flushed = producer.flush().then(
    () => "flushed",
    ({ code }) => code,
  );
  await producer.close({ timeoutMs: 0 }).catch(() => {});
  assert.match(await flushed, /^(flushed|LOGRTC_CLOSED)$/);
});

test("waitForConsumer resolves with whether there is a consumer", async (t) => {
  const server = await startServer(t);
  const producer = connect(optionsFor(server));
  t.after(() => producer.close());
  assert.equal(await within("it times out", producer.waitForConsumer({ timeoutMs: 50 })), false);
  assert.equal(await producer.waitForConsumer({ timeoutMs: 0 }), false);
  const waiting = [producer.waitForConsumer(), producer.waitForConsumer({ timeoutMs: 60_000 })];
  join(t, server);
  assert.deepEqual(await within("there is one", Promise.all(waiting)), [true, true]);
  assert.equal(producer.stats().consumers.length, 1);
  assert.equal(await producer.waitForConsumer({ timeoutMs: 0 }), true);
  await assert.rejects(producer.waitForConsumer({ timeoutMs: -1 }), { code: "LOGRTC_INVALID_ARGUMENT" });
});

test("waitForConsumer ends with the producer", async () => {
  const producer = connect({ clientId: "test", url: "ws://127.0.0.1:9/", environment: false });
  const waiting = producer.waitForConsumer();
  await producer.close();
  assert.equal(await within("it ends", waiting), false);
  assert.equal(await producer.waitForConsumer(), false);
  assert.equal(await connect(OFF).waitForConsumer(), false);
});

test("lastError says why there is no server", async (t) => {
  const server = await startServer(t);
  const producer = connect(optionsFor(server));
  t.after(() => producer.close());
  await eventually("it registers", () => producer.state === "registered");
  assert.equal(producer.lastError, null);
  const lost = connect({ clientId: "test", url: "ws://127.0.0.1:9/", environment: false });
  t.after(() => lost.close());
  await eventually("it fails", () => lost.lastError !== null);
  assert.match(String(lost.lastError), /refused/);
});

test("await using closes", async (t) => {
  const { producer } = await connected(t);
  await producer[Symbol.asyncDispose ?? Symbol.for("nodejs.asyncDispose")]();
  assert.equal(producer.state, "closed");
});

test("the level is changed at run time, by target too", async () => {
  const producer = connect({ ...OFF, disabled: false, url: "ws://127.0.0.1:9/", level: "info" });
  producer.debug("app", "no", { x: 1 });
  assert.deepEqual([producer.stats().filtered, producer.stats().accepted], [1, 0]);
  producer.setLevel("debug");
  producer.debug("app", "yes");
  assert.equal(producer.stats().accepted, 1);
  producer.setFilter("warn,app.db=debug");
  assert.deepEqual(
    ["app", "app.db", "app.db.pool"].map((target) => producer.enabled("info", target)),
    [false, true, true],
  );
  producer.info("app", "no");
  producer.log("notice", "app", "no", {});
  producer.info("app.db", "yes");
  producer.send({ timestamp: new Date(), level: "info", target: "app", message: "no" });
  assert.deepEqual([producer.stats().filtered, producer.stats().accepted], [4, 2]);
  producer.setFilter("off");
  producer.error("app", "no");
  assert.equal(producer.stats().filtered, 5);
  await producer.close();
});

test("a producer that is switched off does nothing", async () => {
  const producer = connect(OFF);
  producer.error("app", "nothing");
  assert.equal(producer.state, "disabled");
  assert.deepEqual([producer.stats().filtered, producer.enabled("error", "app")], [1, false]);
  await producer.flush();
  producer.flushSync();
  await producer.close();
});

test("states and consumers are told as events", async (t) => {
  const server = await startServer(t);
  const producer = connect(optionsFor(server));
  /** @type {string[]} */
  const states = [];
  producer.on("state", (state) => states.push(state));
  /** @type {import('logrtc').ConsumerEvent[]} */
  const consumers = [];
  producer.on("consumer", (event) => consumers.push(event));
  await eventually("it registers", () => producer.state === "registered" && states.includes("registered"));
  const consumer = join(t, server);
  await eventually("a consumer comes", () => consumers.length === 1);
  assert.equal(consumers[0].type, "connected");
  await consumer.opened();
  producer.info("app", "one");
  await producer.flush();
  consumer.leave();
  await eventually("it goes", () => consumers.length === 2);
  const [, gone] = consumers;
  assert.ok(gone.type === "disconnected");
  assert.equal(gone.consumerId, consumers[0].consumerId);
  assert.equal(gone.counts.delivered, 1);
  await server.stop();
  await eventually("it notices", () => states.at(-1) === "reconnecting");
  const closed = once(producer, "state");
  await producer.close();
  assert.deepEqual(await within("the last event", closed), ["closed"]);
});

test("what is wrong is refused with a code, and named", async () => {
  const code = "LOGRTC_INVALID_ARGUMENT";
  /** @type {any} */
  const producer = connect(OFF);
  /** @type {any} */
  const anyConnect = connect;
  /** @type {[string, () => unknown][]} */
  const calls = [
    ["options: must be an object, not string", () => anyConnect("app")],
    ["clientId: must not be empty", () => anyConnect({ clientId: "", environment: false })],
    ["clientId: must be a string, not 5", () => anyConnect({ clientId: 5 })],
    ["clientID: is not an option; did you mean clientId?", () => anyConnect({ clientID: "app" })],
    ["client_id: is not an option; did you mean clientId?", () => anyConnect({ client_id: "app" })],
    ["blockMs: is not an option; did you mean blockTimeoutMs?", () => anyConnect({ blockMs: 5 })],
    ['url: the scheme must be ws or wss, not "http"', () => anyConnect({ ...OFF, url: "http://x" })],
    ['level: "loud" is not a level', () => anyConnect({ ...OFF, level: "loud" })],
    ['filter: "loud" is not a level', () => anyConnect({ ...OFF, filter: "app=loud" })],
    ["overflow: must be", () => anyConnect({ ...OFF, overflow: "explode" })],
    ["overflow: must be", () => anyConnect({ ...OFF, overflow: { blockMs: 5 } })],
    ["blockTimeoutMs: is missing", () => anyConnect({ ...OFF, overflow: "block" })],
    ["blockTimeoutMs: is only for", () => anyConnect({ ...OFF, blockTimeoutMs: 5 })],
    ["replay: must be", () => anyConnect({ ...OFF, replay: -1 })],
    ["maxEntries: must be a whole number, not 1.5", () => anyConnect({ ...OFF, maxEntries: 1.5 })],
    ["maxEntries: 0 is not from 1", () => anyConnect({ ...OFF, maxEntries: 0 })],
    ["iceServers: must be an array, not a string", () => anyConnect({ ...OFF, iceServers: "stun:x" })],
    ["iceServers.urls: is not a key here", () => anyConnect({ ...OFF, iceServers: [{ urls: "stun:x" }] })],
    ['iceServers: "x" must begin', () => anyConnect({ ...OFF, iceServers: ["x"] })],
    ["interfaces: must be an array of strings, not a string", () => anyConnect({ ...OFF, interfaces: "lo" })],
    ["interfaces: must be an array of strings, not 5", () => anyConnect({ ...OFF, interfaces: ["lo", 5] })],
    ["interfaces: must not be empty", () => anyConnect({ ...OFF, interfaces: ["lo", ""] })],
    ["udpPorts: must be [first, last], two ports, not 5", () => anyConnect({ ...OFF, udpPorts: 5 })],
    ["udpPorts: 2-1 is not a range of ports from 1 to 65535", () => anyConnect({ ...OFF, udpPorts: [2, 1] })],
    ['announcedAddress: "x" is not an IP address, as in 192.0.2.1', () => anyConnect({ ...OFF, announcedAddress: "x" })],
    ["relayOnly: must be a boolean, not 1", () => anyConnect({ ...OFF, relayOnly: 1 })],
    ["maxReconnectAttempts: 0 is not from 1", () => anyConnect({ ...OFF, maxReconnectAttempts: 0 })],
    ["maxReconnectAttempts: must be a whole number from 1", () => anyConnect({ ...OFF, maxReconnectAttempts: -2 })],
    ["closeTimeoutMs: -1 is not", () => anyConnect({ ...OFF, closeTimeoutMs: -1 })],
    ["maxEntries: ", () => anyConnect({ ...OFF, maxEntries: 1n })],
    ["closeTimeoutMs: must be a finite number, not Infinity", () => anyConnect({ ...OFF, closeTimeoutMs: Infinity })],
    ["secret: must be random: 32 to 256 hexadecimal digits", () => anyConnect({ ...OFF, secret: "too short" })],
    ["token: must not be a function", () => anyConnect({ ...OFF, token: () => "t" })],
    ["iceServers: must not be a symbol", () => anyConnect({ ...OFF, iceServers: [Symbol("stun")] })],
    ["timestamp: is missing", () => producer.send({})],
    ["extra: is not a key here", () => producer.send({ extra: 1 })],
    ["entry: ", () => producer.send("text")],
    ["entry: ", () => producer.send(undefined)],
    ['level: "loud" is not a level', () => producer.setLevel("loud")],
    ["level: must be a string, not number", () => producer.setLevel(3)],
    ['filter: "loud"', () => producer.setFilter("loud")],
    ["timeoutMs: must be a number", () => producer.flushSync({ timeoutMs: "soon" })],
    ["timeoutMs: must be a number of milliseconds from 0, not NaN", () => producer.flushSync({ timeoutMs: NaN })],
    ["options: must be an object, not number", () => producer.flushSync(100)],
    ["signal: is not an option; use timeoutMs", () => producer.flushSync({ signal: AbortSignal.abort() })],
  ];
  for (const [message, call] of calls) {
    assert.throws(call, (error) => {
      assert.ok(error instanceof LogrtcError && error instanceof Error);
      assert.equal(error.code, code);
      assert.ok(error.message.startsWith(message), `${error.message}, and not ${message}`);
      return true;
    });
  }
  await assert.rejects(producer.flush({ timeoutMs: "soon" }), { code });
  await assert.rejects(producer.close({ timeoutMs: -1 }), { code });
  await assert.rejects(producer.flush({ signal: "now" }), { code, message: "signal: must be an AbortSignal" });
  for (const wait of [(/** @type {any} */ o) => producer.flush(o), (/** @type {any} */ o) => producer.close(o)]) {
    await assert.rejects(wait(null), { code, message: "options: must be an object, not null" });
    await assert.rejects(wait(100), { code, message: "options: must be an object, not number" });
    await assert.rejects(wait({ timeout: 5 }), { code, message: "timeout: is not an option; did you mean timeoutMs?" });
  }
  await producer.close();
});

test("what the system reports is the cause", async () => {
  const withFile = (/** @type {string} */ caFile) => {
    try {
      return connect({ ...OFF, caFile });
    } catch (error) {
      return error;
    }
  };
  const error = withFile("/nowhere.pem");
  assert.ok(error instanceof LogrtcError && error.cause instanceof Error, inspect(error));
  assert.ok(error.message.startsWith("caFile: /nowhere.pem: "), error.message);
  if (process.platform !== "win32") {
    assert.equal(/** @type {NodeJS.ErrnoException} */ (error.cause).code, "ENOENT");
  }
  assert.throws(() => connect({ ...OFF, clientId: "" }), (refused) => !Object.hasOwn(/** @type {object} */ (refused), "cause"));
});

test("options are all taken", async () => {
  const producer = connect({
    ...OFF,
    url: "wss://example.com/signaling",
    systemName: "Test",
    version: "1.2.3",
    description: "a test",
    token: "secret",
    secret: "0123456789abcdef0123456789abcdef",
    level: "warn",
    filter: "info,app=debug",
    maxEntries: 100,
    maxBytes: 1_000_000,
    maxEntryBytes: 4096,
    overflow: "block",
    blockTimeoutMs: 10,
    replay: 10,
    reconnectIntervalMs: 100,
    maxReconnectIntervalMs: 1_000,
    reconnectJitter: 0.5,
    maxReconnectAttempts: Infinity,
    iceServers: ["stun:example.com", { url: "turn:example.com", username: "u", credential: "c" }],
    interfaces: ["lo", "127.0.0.1"],
    udpPorts: [50000, 50100],
    announcedAddress: "192.0.2.1",
    relayOnly: false,
    maxConsumers: 2,
    closeTimeoutMs: 10.5,
  });
  await producer.close();
});

test("the interfaces that are named are the only ones that are offered", async (t) => {
  const [name, addresses = []] = Object.entries(networkInterfaces()).find(([, all]) => all?.some((one) => one.internal)) ?? [];
  assert.ok(name !== undefined, "this host has a loopback interface");
  const server = await startServer(t);
  const warned = once(process, "warning");
  const producer = connect({ ...optionsFor(server), interfaces: [name, "nowhere7"] });
  t.after(() => producer.close());
  const [{ message }] = await within("a warning of the interface that is missing", warned);
  assert.match(message, /^test: interfaces: "nowhere7" is not used/);
  await join(t, server).opened();
  const { sdp } = server.heard.find(({ type }) => type === "webrtc_offer") ?? {};
  const offered = [...sdp.matchAll(/^a=candidate:(?:\S+ ){4}(\S+)/gm)].map(([, address]) => address);
  assert.deepEqual([...new Set(offered)].sort(), addresses.map(({ address }) => address).sort());
});

test("a variable of the environment is named as it is", () => {
  process.env.LOGRTC_URL = "http://x";
  try {
    assert.throws(() => connect({ clientId: "test" }), { message: /LOGRTC_URL|^url: / });
  } finally {
    delete process.env.LOGRTC_URL;
  }
});

test("flush and waitForConsumer end with their signal", async (t) => {
  const { producer } = await connected(t);
  const reason = new Error("enough");
  await assert.rejects(producer.flush({ signal: AbortSignal.abort(reason) }), reason);
  await producer.flush({ signal: new AbortController().signal, timeoutMs: 10_000 });
  const alone = connect({ clientId: "test", url: "ws://127.0.0.1:9/", environment: false });
  const abort = new AbortController();
  const waiting = alone.waitForConsumer({ signal: abort.signal });
  abort.abort(reason);
  await assert.rejects(within("it ends", waiting), reason);
  await alone.close();
});

test("a producer is shown in one line, without its secrets", async () => {
  const producer = connect({ ...OFF, url: "ws://user:secret@127.0.0.1:9/signaling" });
  const shown = "{ clientId: 'test', url: 'ws://127.0.0.1:9/signaling', state: 'disabled' }";
  assert.equal(inspect(producer), `Producer ${shown}`);
  assert.equal(inspect({ nested: { producer } }, { breakLength: Infinity }), `{ nested: { producer: Producer ${shown} } }`);
  assert.equal(JSON.stringify(producer), '{"clientId":"test","url":"ws://127.0.0.1:9/signaling","state":"disabled"}');
  assert.equal(inspect(producer.logger("db").child({ a: 1 })), "Logger { target: 'db', fields: { a: 1 } }");
  assert.deepEqual([producer.clientId, producer.url], ["test", "ws://127.0.0.1:9/signaling"]);
  await producer.close();
});

test("the environment wins", async () => {
  process.env.LOGRTC_CLIENT_ID = "";
  process.env.LOGRTC_DISABLED = "1";
  try {
    const producer = connect({ clientId: "test" });
    assert.equal(producer.state, "disabled");
    await producer.close();
  } finally {
    delete process.env.LOGRTC_CLIENT_ID;
    delete process.env.LOGRTC_DISABLED;
  }
});

test("both module systems have the same package", () => {
  const required = createRequire(import.meta.url)("logrtc");
  assert.equal(required.connect, connect);
  assert.deepEqual(Object.keys(required).sort(), ["LogrtcError", "Producer", "connect", "serve"]);
  assert.deepEqual(
    Object.keys(logrtc).filter((name) => name !== "module.exports"),
    ["LogrtcError", "Producer", "connect", "default", "serve"],
  );
});
