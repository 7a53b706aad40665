import { type EventEmitter, on, once } from "node:events";
import { type ConsumerEvent, type Level, type Logger, LogrtcError, Producer, type State, type Stats, connect, serve } from "logrtc";
import { describe, expect, test } from "tstyche";

const producer = connect({ clientId: "app" });

test("connect takes options, and gives a producer", () => {
  expect(connect()).type.toBe<Producer>();
  expect(connect).type.toBeCallableWith({
    clientId: "app",
    overflow: "block",
    blockTimeoutMs: 10,
    replay: 10,
    iceServers: ["stun:x", { url: "turn:x", username: "u", credential: "c" }],
    interfaces: ["eth0", "192.0.2.1"],
    udpPorts: [50_000, 50_100],
    announcedAddress: "192.0.2.1",
    relayOnly: true,
    maxReconnectAttempts: Infinity,
  });
  expect(connect).type.not.toBeCallableWith({ interfaces: "eth0" });
  expect(connect).type.not.toBeCallableWith({ client_id: "app" });
  expect(connect).type.not.toBeCallableWith({ clientId: 5 });
  expect(connect).type.not.toBeCallableWith({ overflow: "explode" });
  expect(connect).type.not.toBeCallableWith({ replay: "some" });
  expect(Producer).type.not.toBeConstructableWith();
});

test("log calls", () => {
  for (const log of [producer.debug, producer.info, producer.warn, producer.error]) {
    expect(log).type.toBeCallableWith("target", "message");
    expect(log).type.toBeCallableWith("target", "message", { any: 1n }, { id: "s", trace_id: null });
    expect(log).type.toBeCallableWith("target", "message", null, undefined);
    expect(log).type.toBeCallableWith("target", "message", new Error("no"));
    expect(log).type.toBeCallableWith("message");
    expect(log).type.toBeCallableWith(new Error("no"));
    expect(log).type.toBeCallableWith("target", new Error("no"));
    expect(log).type.not.toBeCallableWith();
    expect(log).type.not.toBeCallableWith(5);
    expect(log).type.not.toBeCallableWith("target", { a: 1 });
    expect(log).type.not.toBeCallableWith("target", "message", "fields");
    expect(log).type.not.toBeCallableWith("target", "message", {}, { traceId: "t" });
  }
  expect(producer.info("target", "message")).type.toBe<void>();
  expect(producer.log).type.toBeCallableWith("fatal", "target", "message");
  expect(producer.log).type.toBeCallableWith("fatal", "message");
  expect<Level>().type.toBeAssignableFrom<"info" | "ERROR">();
  expect(producer.send).type.toBeCallableWith({ timestamp: new Date(), level: "INFO", target: "t", message: "m" });
  expect(producer.send).type.not.toBeCallableWith({ level: "INFO", target: "t", message: "m" });
  expect(producer.send).type.not.toBeCallableWith({ timestamp: 5, level: "INFO", target: "t", message: "m" });
});

test("loggers", () => {
  const logger = producer.logger("app.db");
  expect(logger).type.toBe<Logger>();
  expect(producer.child({ request: "r1" })).type.toBe<Logger>();
  expect(logger.child({ a: 1 }).logger("app")).type.toBe<Logger>();
  expect(logger.info).type.toBeCallableWith("message", { a: 1 }, { id: "s" });
  expect(logger.error).type.toBeCallableWith(new Error("no"));
  expect(logger.info).type.not.toBeCallableWith("target", "message");
  expect(logger.log).type.toBeCallableWith("fatal", "message");
  expect(logger.enabled("info")).type.toBe<boolean>();
});

test("waiting, and what there is to see", () => {
  expect(producer.flush()).type.toBe<Promise<void>>();
  expect(producer.close({ timeoutMs: 100 })).type.toBe<Promise<void>>();
  expect(producer.flush).type.not.toBeCallableWith(100);
  expect(producer.waitForConsumer()).type.toBe<Promise<boolean>>();
  expect(producer.waitForConsumer).type.toBeCallableWith({ timeoutMs: 100 });
  expect(producer.waitForConsumer).type.not.toBeCallableWith(100);
  expect(producer.lastError).type.toBe<string | null>();
  expect(producer.flush).type.toBeCallableWith({ signal: AbortSignal.timeout(5) });
  expect(producer.waitForConsumer).type.toBeCallableWith({ signal: AbortSignal.timeout(5) });
  expect(producer.close).type.not.toBeCallableWith({ signal: AbortSignal.timeout(5) });
  expect(producer.flushSync({ timeoutMs: 100 })).type.toBe<void>();
  expect(producer.flushSync).type.not.toBeCallableWith(100);
  expect(producer.clientId).type.toBe<string>();
  expect(producer.url).type.toBe<string>();
  expect(producer.toJSON()).type.toBe<{ clientId: string; url: string; state: State }>();
  expect(producer[Symbol.asyncDispose]()).type.toBe<Promise<void>>();
  expect(producer.stats()).type.toBe<Stats>();
  expect(producer.enabled("info", "app")).type.toBe<boolean>();
  expect(producer.state).type.toBe<State>();
  expect<State>().type.toBe<"connecting" | "registered" | "reconnecting" | "abandoned" | "closed" | "disabled">();
});

describe("events", () => {
  test("are known by name", () => {
    expect(producer.on).type.not.toBeCallableWith("states", () => {});
    expect(producer.on("state", () => {})).type.toBe<Producer>();
  });

  test("are those of an EventEmitter", () => {
    expect(producer).type.toBeAssignableTo<EventEmitter>();
    expect(once(producer, "state")).type.toBe<Promise<any[]>>();
    expect(on(producer, "consumer")).type.toBeAssignableTo<AsyncIterable<any>>();
  });

  test("have typed values", () => {
    producer.on("state", (state) => expect(state).type.toBe<State>());
    producer.once("serverError", (message) => expect(message).type.toBe<string>());
    producer.off("consumer", (event) => {
      expect(event).type.toBe<ConsumerEvent>();
      if (event.type === "disconnected") {
        expect(event.counts.delivered).type.toBe<number>();
      } else {
        expect(event).type.not.toHaveProperty("counts");
      }
    });
  });
});

test("errors carry a code", () => {
  const error = {} as LogrtcError;
  expect(error).type.toBeAssignableTo<Error>();
  expect(error.code).type.toBe<
    "LOGRTC_INVALID_ARGUMENT" | "LOGRTC_CLOSED" | "LOGRTC_TIMEOUT" | "LOGRTC_INTERNAL"
  >();
  expect(error.pending).type.toBe<number | undefined>();
});

test("await using", async () => {
  await using inBlock = connect({ clientId: "app" });
  await using server = await serve({ listen: "127.0.0.1:0" });
  expect(server.url).type.toBe<string>();
  expect(inBlock).type.toBe<Producer>();
  expect(serve).type.not.toBeCallableWith({ port: 8080 });
});
