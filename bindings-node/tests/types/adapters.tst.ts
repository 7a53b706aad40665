import type { Producer } from "logrtc";
import transport, { stream } from "logrtc/pino";
import { serve } from "logrtc/viewer";
import { LogrtcTransport } from "logrtc/winston";
import type { Writable } from "node:stream";
import pino from "pino";
import { expect, test } from "tstyche";
import winston from "winston";

declare const producer: Producer;

test("pino", () => {
  expect(transport({ clientId: "app", target: "app" })).type.toBe<Writable>();
  expect(pino({}, stream({ producer, messageKey: "message" }))).type.toBe<pino.Logger>();
  expect(stream({ clientId: "app" }).producer).type.toBe<Producer>();
  expect(pino(stream())).type.toBe<pino.Logger>();
  expect(transport()).type.toBe<Writable>();
  expect(stream).type.not.toBeCallableWith({ client: "app" });
});

test("winston", () => {
  const own = new LogrtcTransport({ clientId: "app", level: "http", format: winston.format.json() });
  expect(own.producer).type.toBe<Producer>();
  expect(winston.createLogger({ transports: [own] })).type.toBe<winston.Logger>();
  expect(LogrtcTransport).type.toBeConstructableWith({ producer, silent: true });
  expect(LogrtcTransport).type.toBeConstructableWith();
  expect(LogrtcTransport).type.not.toBeConstructableWith({ client: "app" });
});

test("viewer", () => {
  expect(serve).type.toBeCallableWith({ allowOrigins: ["https://example.com"], listen: "localhost:0", open: true });
  expect(serve).type.not.toBeCallableWith({ open: "yes" });
  expect(serve).type.not.toBeCallableWith({ allowOrigins: "https://example.com" });
});
