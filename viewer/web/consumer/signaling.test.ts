import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Message, reconnectDelayMs, Signaling, type SignalingState } from "./signaling";

class FakeSocket {
  static readonly OPEN = 1;
  static all: FakeSocket[] = [];
  static get last(): FakeSocket {
    const socket = FakeSocket.all.at(-1);
    if (socket === undefined) throw new Error("no socket was made");
    return socket;
  }

  readyState = 0;
  sent: Message[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.readyState = 3;
  }

  accept(): void {
    this.readyState = 1;
    this.onopen?.();
    this.say({ type: "registered", client_id: "page" });
  }

  say(message: unknown): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  break(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

let states: SignalingState[];
let received: Message[];
let signaling: Signaling;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeSocket);
  FakeSocket.all = [];
  states = [];
  received = [];
  signaling = new Signaling("ws://server/signaling", {
    register: () => ({ type: "register", role: "consumer" }),
    onMessage: (message) => received.push(message),
    onState: (state) => states.push(state),
  });
  signaling.open();
});

afterEach(() => {
  signaling.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("registers first, and is connected once the server has answered", () => {
  FakeSocket.last.accept();
  expect(FakeSocket.last.sent).toEqual([{ type: "register", role: "consumer" }]);
  expect(states).toEqual(["connecting", "connected"]);
});

test("comes back after 1 s, then after longer, up to 5 s, and starts over once it was connected", () => {
  expect([0, 1, 2, 3, 4, 5].map(reconnectDelayMs)).toEqual([1_000, 1_500, 2_250, 3_375, 5_000, 5_000]);
  FakeSocket.last.break();
  vi.advanceTimersByTime(999);
  expect(FakeSocket.all).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(FakeSocket.all).toHaveLength(2);
  FakeSocket.last.break();
  vi.advanceTimersByTime(1_499);
  expect(FakeSocket.all).toHaveLength(2);
  vi.advanceTimersByTime(1);
  FakeSocket.last.accept();
  FakeSocket.last.break();
  vi.advanceTimersByTime(1_000);
  expect(FakeSocket.all).toHaveLength(4);
  expect(states).toEqual([
    "connecting",
    "lost",
    "connecting",
    "lost",
    "connecting",
    "connected",
    "lost",
    "connecting",
  ]);
});

test("a token that is not accepted is not tried again until there is another one", () => {
  FakeSocket.last.break(4401);
  vi.advanceTimersByTime(60_000);
  expect(FakeSocket.all).toHaveLength(1);
  signaling.reopen();
  FakeSocket.last.accept();
  expect(FakeSocket.all).toHaveLength(2);
  expect(states).toEqual(["connecting", "unauthorized", "connecting", "connected"]);
});

test("gives up a connection that has gone silent", () => {
  FakeSocket.last.accept();
  vi.advanceTimersByTime(15_000);
  expect(FakeSocket.last.sent.at(-1)).toEqual({ type: "ping" });
  FakeSocket.last.say({ type: "pong" });
  vi.advanceTimersByTime(30_000);
  expect(states.at(-1)).toBe("connected");
  vi.advanceTimersByTime(15_000);
  expect(states.at(-1)).toBe("lost");
});

test("answers a ping, and passes on what is a message and nothing else", () => {
  FakeSocket.last.accept();
  FakeSocket.last.say({ type: "ping" });
  FakeSocket.last.say([1]);
  FakeSocket.last.onmessage?.({ data: "{" });
  FakeSocket.last.onmessage?.({ data: new ArrayBuffer(1) });
  FakeSocket.last.say({ type: "producer_connected", producer_id: "api" });
  expect(FakeSocket.last.sent.at(-1)).toEqual({ type: "pong" });
  expect(received.map(({ type }) => type)).toEqual(["registered", "producer_connected"]);
});

test("is silent once closed", () => {
  const socket = FakeSocket.last;
  signaling.close();
  socket.break();
  vi.advanceTimersByTime(60_000);
  expect(FakeSocket.all).toHaveLength(1);
  expect(states).toEqual(["connecting"]);
});
