import assert from "node:assert/strict";
import { test } from "node:test";
import vm from "node:vm";
import { connected } from "./lib/connected.mjs";

/** @param {number} depth */
function nested(depth) {
  let value = {};
  for (let level = 0; level < depth; level += 1) {
    value = { value };
  }
  return value;
}

/** So many ways lead through it that no end is seen. */
function braided() {
  let value = {};
  for (let level = 0; level < 60; level += 1) {
    value = { a: value, b: value };
  }
  return value;
}

/** @type {any} */
const cycle = { name: "cycle", list: [] };
cycle.self = cycle;
cycle.list.push(cycle.list, { cycle });

class Point {
  x = 1;
  #hidden = 2;
  get sum() {
    return this.x + this.#hidden;
  }
}

/** @type {[string, any, unknown][]} what is logged, and what arrives */
const cases = [
  ["nothing", undefined, undefined],
  ["null", null, undefined],
  ["an empty object", {}, undefined],
  ["a cycle", cycle, { name: "cycle", list: ["[Circular]", { cycle: "[Circular]" }], self: "[Circular]" }],
  ["what is there twice is no cycle", { a: [1], b: { c: [1] } }, { a: [1], b: { c: [1] } }],
  ["a BigInt", { big: 12345678901234567890n }, { big: 12345678901234567000 }],
  ["a BigInt beyond a double", { big: 10n ** 400n }, { big: `1${"0".repeat(400)}` }],
  [
    "functions and symbols",
    { f() {}, g: () => {}, s: Symbol("q") },
    { f: "[Function: f]", g: "[Function: g]", s: "Symbol(q)" },
  ],
  ["undefined", { gone: undefined, list: [undefined, 1] }, { list: [null, 1] }],
  ["no numbers", { nan: Number.NaN, list: [Infinity, -Infinity] }, { nan: "NaN", list: ["Infinity", "-Infinity"] }],
  [
    "a getter that throws",
    {
      fine: 1,
      get broken() {
        throw new Error("no");
      },
    },
    { fine: 1, broken: "[Throws: no]" },
  ],
  [
    "a toJSON that throws",
    {
      date: {
        toJSON() {
          throw "text";
        },
      },
    },
    { date: "[Throws: text]" },
  ],
  ["an invalid date", { date: new Date(Number.NaN) }, { date: null }],
  ["a date", { date: new Date(0) }, { date: "1970-01-01T00:00:00.000Z" }],
  ["a toJSON of its own", { toJSON: () => ({ instead: 1 }) }, { instead: 1 }],
  [
    "a toJSON that gives itself",
    {
      toJSON() {
        return this;
      },
      a: 1,
    },
    { toJSON: "[Function: toJSON]", a: 1 },
  ],
  ["a map and a set", { map: new Map([["k", new Set([1, 2])]]) }, { map: { k: [1, 2] } }],
  ["a map as the fields", new Map([["k", 1]]), { k: 1 }],
  ["an instance", new Point(), { x: 1 }],
  ["an object without a prototype", Object.assign(Object.create(null), { a: { b: 1 } }), { a: { b: 1 } }],
  ["inherited members", Object.create({ inherited: 1 }, { own: { value: 2, enumerable: true } }), { own: 2 }],
  ["boxed values", { s: new String("s"), n: new Number(1), b: new Boolean(false) }, { s: "s", n: 1, b: false }],
  ["keys of a map with the same text", new Map(/** @type {any} */ ([[1, "a"], ["1", "b"], [2, "c"]])), { 1: "b", 2: "c" }],
  ["a buffer", { buffer: Buffer.from("ab") }, { buffer: { type: "Buffer", data: [97, 98] } }],
  [
    "what another realm has made",
    vm.runInNewContext("({ map: new Map([['k', new Set([1])]]), text: new String('s'), date: new Date(0) })"),
    { map: { k: [1] }, text: "s", date: "1970-01-01T00:00:00.000Z" },
  ],
  ["bytes", { bytes: new Uint8Array([1, 2]) }, { bytes: [1, 2] }],
  ["a list as the fields", [1, "two"], { value: [1, "two"] }],
  ["a text as the fields", "text", { value: "text" }],
  ["a function as the fields", () => {}, { value: "[Function: ]" }],
  ["half of a pair", { lone: "a\ud800b", "\udc00": "\ud83d\ude00" }, { lone: "a\ufffdb", "\ufffd": "😀" }],
  ["control characters", { 'k\n"': '\u0000\u001f\u007f\u2028"\\' }, { 'k\n"': '\u0000\u001f\u007f\u2028"\\' }],
  ["a long text with everything", { long: `${"x".repeat(100)}"\n\ud800` }, { long: `${"x".repeat(100)}"\n\ufffd` }],
  ["__proto__ as a key", JSON.parse('{"__proto__": 1, "a": 2}'), JSON.parse('{"__proto__": 1, "a": 2}')],
  [
    "a proxy that throws at everything",
    new Proxy({}, { get: thrower, ownKeys: thrower, getPrototypeOf: thrower, has: thrower }),
    { value: "[Throws: proxy]" },
  ],
];

/** @returns {never} */
function thrower() {
  throw new Error("proxy");
}

test("what JSON does not have is encoded as well as can be", async (t) => {
  const { producer, consumer } = await connected(t);
  for (const [name, fields] of cases) {
    producer.info("fields", name, fields);
  }
  const entries = await consumer.entries(cases.length);
  for (const [index, [name, , expected]] of cases.entries()) {
    assert.equal(entries[index].message, name);
    assert.deepEqual(entries[index].fields, expected, name);
  }
});

test("an error is its type, message, stack, cause, and what else it holds", async (t) => {
  const { producer, consumer } = await connected(t);
  const cause = new RangeError("inner");
  const error = Object.assign(new TypeError("outer", { cause }), { code: "E_OUTER" });
  producer.error("app", "failed", { error });
  producer.error("app", "failed", error);
  producer.error("app", "failed", { error: new AggregateError([cause], "both") });
  const circular = new Error("circular");
  circular.cause = circular;
  producer.error("app", "failed", { circular });
  producer.error("app", "failed", vm.runInNewContext("new RangeError('elsewhere')"));
  const [inFields, asFields, both, round, elsewhere] = await consumer.entries(5);
  assert.deepEqual([elsewhere.fields.err.type, elsewhere.fields.err.message], ["RangeError", "elsewhere"]);
  const { stack, cause: why, ...rest } = inFields.fields.error;
  assert.deepEqual(rest, { type: "TypeError", message: "outer", code: "E_OUTER" });
  assert.match(stack, /^TypeError: outer\n +at /);
  assert.deepEqual([why.type, why.message], ["RangeError", "inner"]);
  assert.deepEqual(asFields.fields, { err: inFields.fields.error });
  assert.equal(both.fields.error.errors[0].message, "inner");
  assert.equal(round.fields.circular.cause, "[Circular]");
});

test("what is deep, wide or endless is bounded", async (t) => {
  const { producer, consumer } = await connected(t);
  const started = performance.now();
  producer.info("app", "deep", nested(10_000));
  producer.info("app", "braided", braided());
  producer.info("app", "wide", Object.fromEntries(Array.from({ length: 100_000 }, (_, key) => [`key${key}`, key])));
  producer.info("app", "long", { list: Array.from({ length: 1_000_000 }, () => ({ a: 1n })) });
  producer.info("app", "message".repeat(100_000), { kept: true });
  assert.ok(performance.now() - started < 5_000);
  const [deep, braid, wide, long, message] = await consumer.entries(5);
  assert.match(JSON.stringify(deep.fields), /"\[Object\]"/);
  assert.deepEqual([braid, long].map(({ fields }) => fields.truncated), [["a"], ["list"]]);
  assert.ok(wide.fields.dropped_fields > 0);
  assert.deepEqual(message.fields, { kept: true, truncated: ["message"] });
  // What just fits is there to its end.
  const list = Array.from({ length: 20_000 }, (_, index) => (index % 2 === 0 ? 1n : 2));
  const gone = Object.fromEntries(Array.from({ length: 100_000 }, (_, key) => [`key${key}`, undefined]));
  producer.info("app", "fits", { gone, list });
  const [, , , , , fits] = await consumer.entries(6);
  assert.deepEqual(fits.fields, { gone: {}, list: list.map(Number) });
  for (const entry of consumer.messages) {
    assert.ok(Buffer.byteLength(String(entry)) <= 64 * 1024);
  }
});

test("what takes no room takes no time and no memory either", async (t) => {
  const { producer, consumer } = await connected(t);
  /** @type {unknown[]} */
  const sparse = [];
  sparse[4e8] = 1;
  const gone = Object.fromEntries(Array.from({ length: 300_000 }, (_, key) => [`key${key}`, undefined]));
  const endless = {
    sparse,
    undefined: new Array(1_000_000).fill(undefined),
    map: new Map(Array.from({ length: 1_000_000 }, (_, key) => [key, key])),
    set: new Set(Array.from({ length: 1_000_000 }, (_, key) => key)),
    buffer: Buffer.alloc(200_000_000),
    long: "x".repeat(200_000_000),
    again: new Array(50_000).fill(gone),
  };
  for (const [name, value] of Object.entries(endless)) {
    const started = performance.now();
    producer.info("app", name, { value });
    assert.ok(performance.now() - started < 5_000, name);
  }
  producer.info("app", "gone", { gone, after: 1 });
  const entries = await consumer.entries(8);
  for (const { message, fields } of entries.slice(0, 7)) {
    assert.deepEqual(fields.truncated, ["value"], message);
  }
  assert.deepEqual(entries[7].fields, { gone: "[Throws: too many members are undefined]", after: 1 });
});

test("a field that is too long leaves the others their room", async (t) => {
  const { producer, consumer } = await connected(t);
  const body = "x".repeat(100_000);
  producer.error("app", "call failed", { reqId: "r1", body, list: Array(100_000).fill(1), after: { id: 7 }, big: 1n });
  const failed = Object.assign(new Error("e".repeat(80_000)), { response: { data: body, status: 500 }, code: "E1" });
  producer.error("app", "thrown", { reqId: "r1", err: failed, after: 1 });
  const [first, second] = await consumer.entries(2);
  const { reqId, after, big, truncated } = first.fields;
  assert.deepEqual({ reqId, after, big, truncated }, { reqId: "r1", after: { id: 7 }, big: 1, truncated: ["body", "list"] });
  const { type, stack, code, response } = second.fields.err;
  assert.deepEqual([type, code, response.status], ["Error", "E1", 500]);
  assert.match(stack, /\n {4}at .*fields\.test\.mjs/);
  assert.deepEqual([second.fields.reqId, second.fields.after], ["r1", 1]);
});

test("a member of a whole entry that is too long leaves the others their room", async (t) => {
  const { producer, consumer } = await connected(t);
  const rest = /** @type {const} */ ({ timestamp: new Date(0), level: "info", target: "app" });
  producer.send({ fields: { long: "x".repeat(100_000), big: 1n }, ...rest, message: "fields" });
  producer.send({ message: "m".repeat(100_000), ...rest, fields: { kept: 1n } });
  const [fields, message] = await consumer.entries(2);
  assert.deepEqual([fields.message, fields.fields], ["fields", { ...fields.fields, big: 1, truncated: ["long"] }]);
  assert.deepEqual(message.fields, { kept: 1, truncated: ["message"] });
});

test("members that every object inherits are no fields", async (t) => {
  const { producer, consumer } = await connected(t);
  Object.defineProperty(Object.prototype, "inherited", { value: 1, enumerable: true, configurable: true });
  try {
    producer.info("app", "polluted", { own: 1, nested: { own: 2 } });
  } finally {
    // @ts-expect-error -- It is there for this test alone.
    delete Object.prototype.inherited;
  }
  const [{ fields }] = await consumer.entries(1);
  assert.deepEqual(fields, { own: 1, nested: { own: 2 } });
});
