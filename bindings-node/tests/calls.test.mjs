/** A log call never throws, and logs what it can make of its arguments. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "logrtc";
import { connected, entriesOf } from "./lib/connected.mjs";

/** @returns {never} */
function thrower() {
  throw new Error("hostile");
}

const hostile = new Proxy({}, { get: thrower, ownKeys: thrower, getPrototypeOf: thrower, has: thrower });

/** @type {any} */
const cycle = {};
cycle.self = cycle;

/** @type {any[]} */
const anything = [
  ...[undefined, null, 5, Number.NaN, 1n, true, "text", "", Symbol("s"), () => {}, [1], new Map([["a", 1]]), new Date(Number.NaN)],
  ...[new Error("no"), Object.create(null), cycle, hostile, { toString: thrower }, { toJSON: thrower }, { a: 1n }],
  Object.defineProperty({}, "broken", { enumerable: true, get: thrower }),
  Object.defineProperty(new Error(), "message", { get: thrower }),
];

test("whatever is passed as level, target, message, fields and span, each call is an entry", async () => {
  /** @type {any} */
  const producer = connect({ clientId: "test", environment: false, url: "ws://127.0.0.1:9/" });
  let calls = 0;
  const counted = (/** @type {() => void} */ call) => {
    call();
    calls += 1;
  };
  for (const one of anything) {
    counted(() => producer.warn(one));
    for (const two of anything) {
      counted(() => producer.info(one, two));
      counted(() => producer.info("app", "message", one, two));
      counted(() => producer.log(one, two, "message"));
      counted(() => producer.logger(one).error(two));
      counted(() => producer.child(one).child(two).debug("message", one));
      for (const three of anything) {
        counted(() => producer.error(one, two, three));
      }
    }
    assert.equal(typeof producer.enabled(one, one), "boolean");
  }
  counted(() => producer.info());
  assert.equal(producer.stats().accepted, calls);
  await producer.close();
});

test("what can be made of a call is logged", async (t) => {
  const { producer: typed, consumer } = await connected(t);
  /** @type {any} */
  const producer = typed;
  const error = new TypeError("bad");
  const err = { type: "TypeError", message: "bad" };
  /** @type {[any[], object][]} the arguments of `error`, and what arrives beside the level */
  const cases = [
    [["hello"], { target: "test", message: "hello" }],
    [[error], { target: "test", message: "bad", fields: { err } }],
    [["app", error], { target: "app", message: "bad", fields: { err } }],
    [["app", error, { order: 1 }], { target: "app", message: "bad", fields: { order: 1, err } }],
    [["app", undefined], { target: "test", message: "app" }],
    [["app", undefined, { a: 1 }], { target: "app", message: "undefined", fields: { a: 1 } }],
    [["app", null], { target: "app", message: "null" }],
    [["app", 5], { target: "app", message: "5" }],
    [["app", { a: 1n }], { target: "app", message: '{"a":1}' }],
    [["app", Symbol("s")], { target: "app", message: "Symbol(s)" }],
    [["app", function named() {}], { target: "app", message: "[Function: named]" }],
    [[5, "m"], { target: "5", message: "m" }],
    [[undefined, "m"], { target: "test", message: "m" }],
    [[{ order: 1 }, "m"], { target: "test", message: "m", fields: { order: 1 } }],
    [[error, "m"], { target: "test", message: "m", fields: { err } }],
    [[], { target: "test", message: "undefined" }],
    [["app", "m", {}, "span"], { target: "app", message: "m", fields: { invalid_span: "span" } }],
    [["app", "m", { a: 1 }, { id: 5 }], { target: "app", message: "m", fields: { a: 1 }, span: { id: "5" } }],
    [
      ["app", "m", null, { traceId: "t", spanId: "s", traceFlags: 1 }],
      { target: "app", message: "m", span: { id: "s", trace_id: "t" } },
    ],
    [
      ["app", "m", null, { id: "s", other: 1 }],
      { target: "app", message: "m", fields: { invalid_span: '{"id":"s","other":1}' }, span: { id: "s" } },
    ],
  ];
  cases.forEach(([args]) => producer.error(...args));
  producer.log("loud", "app", "m");
  producer.log(30, "app", "m", { level_name: "mine" });
  const entries = await entriesOf(consumer, cases.length + 2);
  for (const { fields } of entries) {
    delete fields?.err?.stack;
  }
  assert.deepEqual(entries, [
    ...cases.map(([, entry]) => ({ level: "ERROR", ...entry })),
    { level: "INFO", target: "app", message: "m", fields: { level_name: "loud" } },
    { level: "INFO", target: "app", message: "m", fields: { level_name: "mine" } },
  ]);
});

test("loggers of a target, and with fields", async (t) => {
  const { producer, consumer } = await connected(t);
  producer.logger("app.db").info("one", { rows: 3 });
  const request = producer.child({ request: "r1" });
  request.warn("two", { request: "r2", b: 1 }, { id: "s" });
  request.logger("app.http").child({ user: "u1" }).log("fatal", new TypeError("three"));
  request.debug("four");
  assert.deepEqual([request.target, request.enabled("info")], ["test", true]);
  const entries = await entriesOf(consumer, 4);
  delete entries[2].fields.err.stack;
  const err = { type: "TypeError", message: "three" };
  assert.deepEqual(entries, [
    { level: "INFO", target: "app.db", message: "one", fields: { rows: 3 } },
    { level: "WARN", target: "test", message: "two", fields: { request: "r2", b: 1 }, span: { id: "s" } },
    { level: "ERROR", target: "app.http", message: "three", fields: { request: "r1", user: "u1", err, level_name: "FATAL" } },
    { level: "DEBUG", target: "test", message: "four", fields: { request: "r1" } },
  ]);
});
