import { expect, test } from "vitest";
import { loadTestEngine } from "../engine/engine.testing";
import { translate } from "./translate";

const entryOf = (line: string) => JSON.parse(translate(line) ?? "null");

test.each<[library: string, line: string, entry: object]>([
  [
    "pino",
    '{"level":40,"time":1795000000000,"pid":7,"hostname":"h","name":"api","msg":"slow","ms":12}',
    {
      timestamp: "2026-11-18T11:06:40.000Z",
      level: "WARN",
      target: "api",
      message: "slow",
      fields: { pid: 7, hostname: "h", ms: 12 },
    },
  ],
  [
    "bunyan",
    '{"name":"myapp","hostname":"h","pid":123,"level":60,"msg":"hi","time":"2026-11-27T12:00:00.324Z","v":0}',
    {
      timestamp: "2026-11-27T12:00:00.324Z",
      level: "ERROR",
      target: "myapp",
      message: "hi",
      fields: { hostname: "h", pid: 123, v: 0, level_name: "FATAL" },
    },
  ],
  [
    "ECS",
    '{"@timestamp":"2026-11-27T12:00:00.000Z","log":{"level":"error","logger":"shop.db"},"message":"down","ecs":{"version":"1"},"trace":{"id":"t"}}',
    {
      timestamp: "2026-11-27T12:00:00.000Z",
      level: "ERROR",
      target: "shop.db",
      message: "down",
      fields: { ecs: { version: "1" }, trace_id: "t" },
    },
  ],
  [
    "ECS with dots",
    '{"@timestamp":"2026-11-27T12:00:00.000Z","log.level":"INFO","message":"m","log.logger":"a"}',
    { timestamp: "2026-11-27T12:00:00.000Z", level: "INFO", target: "a", message: "m", fields: {} },
  ],
  [
    "logstash",
    '{"@timestamp":"2026-11-27T13:00:00.123456+0100","@version":"1","level":"WARN","logger_name":"a.B","message":"m","thread_name":"main"}',
    {
      timestamp: "2026-11-27T13:00:00.123456+01:00",
      level: "WARN",
      target: "a.B",
      message: "m",
      fields: { "@version": "1", thread_name: "main" },
    },
  ],
  [
    "zap",
    '{"level":"dpanic","ts":1795000000.25,"logger":"zap","caller":"a.go:1","msg":"m","n":1}',
    {
      timestamp: "2026-11-18T11:06:40.250Z",
      level: "ERROR",
      target: "zap",
      message: "m",
      fields: { caller: "a.go:1", n: 1, level_name: "DPANIC" },
    },
  ],
  [
    "slog",
    '{"time":"2026-11-27T12:00:00.5Z","level":"DEBUG-4","msg":"m","k":"v"}',
    {
      timestamp: "2026-11-27T12:00:00.5Z",
      level: "DEBUG",
      target: "",
      message: "m",
      fields: { k: "v", level_name: "DEBUG-4" },
    },
  ],
  [
    "tracing-subscriber",
    '{"timestamp":"2026-11-27T12:00:00.0Z","level":"TRACE","fields":{"message":"m","n":3},"target":"t","span":{"name":"load"}}',
    {
      timestamp: "2026-11-27T12:00:00.0Z",
      level: "DEBUG",
      target: "t",
      message: "m",
      fields: { n: 3, span: { name: "load" }, level_name: "TRACE" },
    },
  ],
  [
    "ids of a span",
    '{"msg":"m","span_id":"s","trace_id":"t","parent_id":"p"}',
    {
      timestamp: "",
      level: "INFO",
      target: "",
      message: "m",
      fields: {},
      span: { id: "s", trace_id: "t", parent_id: "p" },
    },
  ],
  [
    "no role",
    '{"msg":"m","level":"loud","time":"noon","name":5}',
    {
      timestamp: "",
      level: "INFO",
      target: "",
      message: "m",
      fields: { level: "loud", time: "noon", name: 5 },
    },
  ],
])("%s", async (_, line, entry) => {
  expect(entryOf(line)).toEqual(entry);
  const scan = (await loadTestEngine()).scan(new TextEncoder().encode(`${translate(line)}\n`));
  expect(scan.levels[0]).toBeLessThan(4);
});

test.each([
  ["2026-11-27 12:00:00,250", new Date(2026, 10, 27, 12, 0, 0, 250).toISOString()],
  ["2026/11/27 12:00:00", new Date(2026, 10, 27, 12).toISOString()],
  ["2026-11-27 12:00:00 +0000", "2026-11-27T12:00:00.0+00:00"],
  ["1795000000", "2026-11-18T11:06:40.000Z"],
  ["1795000000000000", "2026-11-18T11:06:40.000Z"],
  ["1795000000000000000", "2026-11-18T11:06:40.000Z"],
  ["12.5", ""],
  ["2026-99-99 12:00:00", ""],
])("the time %s", (time, timestamp) => {
  expect(entryOf(JSON.stringify({ msg: "m", time })).timestamp).toBe(timestamp);
});

test.each([
  ["I", "INFO", undefined],
  ["warning", "WARN", undefined],
  ["notice", "INFO", "NOTICE"],
  ["INFO+2", "INFO", "INFO+2"],
  [10, "DEBUG", "TRACE"],
  [35, "INFO", undefined],
])("the level %s", (written, level, name) => {
  const entry = entryOf(JSON.stringify({ msg: "m", level: written }));
  expect([entry.level, entry.fields.level_name]).toEqual([level, name]);
});

test("numbers keep their digits", () => {
  expect(translate('{"msg":"m","id":9007199254740993,"n":1.50}')).toContain(
    '{"id":9007199254740993,"n":1.50}',
  );
});

test.each(['{"a":1}', "{}", "{", "[1]", '{"level":"INFO"', "null", "12:00 INFO text"])(
  "%s is data",
  (line) => {
    expect(translate(line)).toBeUndefined();
  },
);

test("a member of `fields` and one beside it of its name are both kept", () => {
  const line = '{"level":"INFO","msg":"m","fields":{"id":1,"size":3},"id":2}';
  expect(JSON.parse(translate(line) ?? "").fields).toEqual({ "fields.id": 1, id: 2, size: 3 });
});

test("a level and a trace with a name of their own replace no field", () => {
  const line = '{"level":"FATAL","msg":"m","fields":{"level_name":"a","trace_id":"b"},"trace_id":"c"}';
  expect(JSON.parse(translate(line) ?? "").fields).toMatchObject({ level_name: "a", trace_id: "b" });
});
