import { beforeEach, describe, expect, test } from "vitest";
import { batch, deflate, entry, line, welcome } from "./frames.testing";
import { Receiver } from "./receiver";

/** What the receiver told, in order. */
let told: unknown[];
let receiver: Receiver;

beforeEach(() => {
  told = [];
  receiver = new Receiver({
    onPlain: ({ entries, malformed }) =>
      told.push(["plain", ...entries.map(({ message }) => message), malformed]),
    onWelcome: ({ session, from }) => told.push(["welcome", session, from]),
    onTaken: ({ missing, entries, malformed, filtered }, next) => {
      const gaps = missing.map(({ first, last, reason }) => `${first}-${last} ${reason}`);
      if (gaps.length + entries.length + malformed + filtered > 0) {
        told.push(["taken", ...gaps, ...entries.map(({ seq }) => seq), next]);
      }
    },
    onFetched: (id, entries) => told.push(["fetched", id, ...entries.map(({ seq }) => seq)]),
    onAnswer: ({ type, id }) => told.push([type, id]),
    onStatus: ({ next }) => told.push(["status", next]),
    onMalformed: () => told.push("malformed"),
    deliver: () => told.push("deliver"),
    send: (text) => told.push(JSON.parse(text)),
  });
});

function ack(seq: number) {
  return { type: "ack", seq };
}

const UNREADABLE: [string, ArrayBuffer | string][] = [
  ["broken", new ArrayBuffer(100)],
  ["too long", await deflate(" ".repeat(300 * 1024))],
  ["no frame", await deflate("no frame")],
  ["a wrong text", "{"],
];

describe("the base protocol", () => {
  test("one text message is one entry, at once", () => {
    receiver.take(line(0));
    receiver.take("{");
    receiver.take(new ArrayBuffer(8));
    receiver.take(batch(0, 1));
    expect(told).toEqual([
      ["plain", entry(0).message, 0],
      ["plain", 1],
      ["plain", 1],
      ["plain", 1],
    ]);
  });

  test("is what a producer speaks whose first message is no welcome", async () => {
    receiver.expectWelcome({ session: "s", next: 5 });
    receiver.take(line(0));
    receiver.take(welcome(0));
    receiver.take(await deflate(batch(0, 1)));
    expect(told).toEqual([
      ["plain", entry(0).message, 0],
      ["plain", 1],
      ["plain", 1],
    ]);
    expect(receiver.drained()).toBeUndefined();
  });

  test("is what a producer speaks that was not asked for more", () => {
    receiver.take(welcome(0));
    receiver.take(line(1));
    expect(told).toEqual([
      ["plain", 1],
      ["plain", entry(1).message, 0],
    ]);
  });
});

describe("the extension", () => {
  test("text is taken at once, delivered, and then acknowledged", () => {
    receiver.expectWelcome({ session: "s", next: undefined });
    receiver.take(welcome(3));
    receiver.take(batch(3, 4));
    receiver.take('{"type":"gap","first":5,"last":9,"reason":"overflow"}');
    expect(told).toEqual([
      ["welcome", "s", 3],
      ["taken", 3, 4, 5],
      "deliver",
      ack(4),
      ["taken", "5-9 overflow", 10],
      "deliver",
      ack(9),
    ]);
  });

  test("a consumer that resumes hears first what it missed", () => {
    receiver.expectWelcome({ session: "s", next: 2 });
    receiver.take(welcome(5, { resumed: true }));
    expect(told).toEqual([
      ["welcome", "s", 5],
      ["taken", "2-4 away", 5],
    ]);
  });

  test("messages stay in order although inflating takes its time, and are acknowledged once they are read", async () => {
    const long = await deflate(batch(0, 299));
    const short = await deflate(batch(301, 302));
    receiver.expectWelcome({ session: "s", next: undefined });
    receiver.take(welcome(0));
    receiver.take(long);
    receiver.take(batch(300, 300));
    receiver.take(short);
    receiver.take('{"type":"pong","id":9}');
    receiver.take(batch(303, 303));
    expect(told).toEqual([["welcome", "s", 0]]);
    await receiver.drained();
    const firstBatch = Array.from({ length: 300 }, (_, seq) => seq);
    expect(told.slice(1)).toEqual([
      ["taken", ...firstBatch, 300],
      ["taken", 300, 301],
      ["taken", 301, 302, 303],
      ["pong", 9],
      ["taken", 303, 304],
      "deliver",
      ack(303),
    ]);
    expect(receiver.drained()).toBeUndefined();
    receiver.take(batch(304, 304));
    expect(told.at(-1)).toEqual(ack(304));
  });

  test("while messages wait, every MiB is acknowledged", async () => {
    const message = "x".repeat(60_000);
    const frames = await Promise.all(
      Array.from({ length: 40 }, (_, seq) =>
        deflate(
          `{"type":"batch","first":${seq},"last":${seq},"count":1}\n${JSON.stringify({ ...entry(seq), message })}`,
        ),
      ),
    );
    receiver.expectWelcome({ session: "s", next: undefined });
    receiver.take(welcome(0));
    for (const frame of frames) receiver.take(frame);
    await receiver.drained();
    const acks = told.flatMap((what) =>
      typeof what === "object" && what !== null && "seq" in what ? [what.seq] : [],
    );
    expect(acks).toEqual([17, 35, 39]);
  });

  test.each(UNREADABLE)(
    "a frame that is %s is counted, its entries are missing, and the next is read",
    async (_, frame) => {
      receiver.expectWelcome({ session: "s", next: undefined });
      receiver.take(welcome(0));
      receiver.take(frame);
      receiver.take(await deflate(batch(10, 11)));
      await receiver.drained();
      expect(told).toEqual([
        ["welcome", "s", 0],
        "malformed",
        ["taken", "0-9 unreadable", 10, 11, 12],
        "deliver",
        ack(11),
      ]);
    },
  );

  test("what is fetched is no part of the session", async () => {
    receiver.expectWelcome({ session: "s", next: undefined });
    receiver.take(welcome(100));
    receiver.take('{"type":"fetch","id":7}');
    receiver.take(await deflate(batch(2, 3)));
    receiver.take(batch(100, 100));
    receiver.take('{"type":"fetch","id":7}');
    receiver.take(batch(4, 4));
    receiver.take('{"type":"fetched","id":7,"next":5,"missing":0}');
    await receiver.drained();
    const what = told.filter((each) => Array.isArray(each));
    expect(what).toEqual([
      ["welcome", "s", 100],
      ["fetched", 7, 2, 3],
      ["taken", 100, 101],
      ["fetched", 7, 4],
      ["fetched", 7],
    ]);
  });

  test("a fetch whose frame is broken takes no frame of the session", () => {
    receiver.expectWelcome({ session: "s", next: undefined });
    receiver.take(welcome(0));
    receiver.take('{"type":"fetch","id":7}');
    receiver.take("{");
    receiver.take(batch(0, 0));
    expect(told.slice(1, 3)).toEqual(["malformed", ["taken", 0, 1]]);
  });

  test("who sends far beyond the credit is not kept in memory", async () => {
    const first = await deflate(batch(0, 0));
    receiver.expectWelcome({ session: "s", next: undefined });
    receiver.take(welcome(0));
    receiver.take(first);
    for (let message = 0; message < 100; message += 1) receiver.take(" ".repeat(256 * 1024));
    expect(told.filter((what) => what === "malformed")).toHaveLength(100 - 32);
    await receiver.drained();
  });
});
