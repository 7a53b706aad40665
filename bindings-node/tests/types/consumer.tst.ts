/** `logrtc/viewer` as bundlers and pages load it. */

import { describe, expect, test } from "tstyche";
import { type Consumer, type Entry, type Level, type Received, connect, levelOf } from "../../viewer/index.js";

const consumer = connect({ url: "ws://localhost:8080/signaling" });

test("connect takes options, and returns a consumer", () => {
  expect(consumer).type.toBe<Consumer>();
  expect(connect).type.toBeCallableWith({
    url: "wss://logs.example.com/signaling",
    producer: "checkout",
    iceServers: [{ urls: "turn:turn.example.com", username: "u", credential: "c" }],
    start: { last: 100 },
    filter: { level: "WARN", filter: "info,app::db=debug" },
    places: consumer.places(),
  });
  expect(connect).type.toBeCallableWith({ url: "ws://x", iceServers: new RTCPeerConnection().getConfiguration().iceServers ?? [] });
  expect(connect).type.not.toBeCallableWith();
  expect(connect).type.not.toBeCallableWith({ url: "ws://x", start: "middle" });
  expect(connect).type.not.toBeCallableWith({ url: "ws://x", filter: { level: "warn" } });
});

describe("a consumer", () => {
  test("has typed events", () => {
    consumer.on("entries", (batch) => expect(batch).type.toBe<readonly Received[]>());
    consumer.on("gap", ({ first, last }) => expect(last - first).type.toBe<number>());
    consumer.on("signaling", (state) => expect(state).type.toBe<"connecting" | "connected" | "lost" | "unauthorized">());
    expect(consumer.on("error", () => {})).type.toBe<() => void>();
    expect(consumer.on).type.not.toBeCallableWith("entry", () => {});
  });

  test("filters and fetches", async () => {
    expect(consumer.setFilter({ level: "ERROR" }, "checkout")).type.toBe<Promise<void>>();
    for await (const { entries, missing } of consumer.fetch("checkout", { first: 0, last: 9, level: "DEBUG" })) {
      expect(entries).type.toBe<readonly Received[]>();
      expect(missing).type.toBe<number>();
    }
    expect(consumer.fetch).type.not.toBeCallableWith("checkout", { first: 0 });
  });

  test("is made by connect alone", () => {
    expect(levelOf({} as Entry)).type.toBe<Level>();
    expect<typeof import("../../viewer/index.js")>().type.not.toHaveProperty("Consumer");
  });
});
