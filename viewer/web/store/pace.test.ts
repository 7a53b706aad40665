import { expect, test } from "vitest";
import { handlers } from "./requests";
import { batchOf, lineOf, makeStore, openChannel, packed } from "./store.testing";

const T = Date.UTC(2026, 0, 2, 3, 4, 5);
const pause = async () => {};

/** Entries by their numbers, each logged a millisecond after the one before. */
const frame = (first: number, last: number) =>
  packed(
    batchOf(
      Array.from({ length: last - first + 1 }, (_, index) => [
        first + index,
        lineOf({ timeMs: T + first + index }),
      ]),
    ),
  );

test("what was logged before the channel was there is neither rate nor delay", async () => {
  const store = await makeStore();
  const { channel } = openChannel(store, "p", { from: 0, next: 300 });
  const paceAt = (nowMs: number) => new Map(handlers.paces(store, nowMs, pause) as never).get("p");
  channel.take(frame(0, 199), T + 28_000, true);
  expect(paceAt(T + 28_000)).toEqual({ live: 0, delayMs: undefined });
  channel.take(frame(200, 309), T + 349, true);
  expect(paceAt(T + 400)).toEqual({ live: 10, delayMs: 40 });
  channel.take(frame(310, 310), T + 320, true);
  channel.take(frame(311, 311), T + 321, true);
  expect(paceAt(T + 400)).toEqual({ live: 12, delayMs: 10 });
  // A delay of long ago says nothing of now.
  expect(paceAt(T + 20_000)).toEqual({ live: 12, delayMs: undefined });
});

test("of a producer that does not number, what comes with its channel is of before", async () => {
  const store = await makeStore();
  const { Channel } = await import("./channel");
  const channel = new Channel({ producer: "p", store, report: () => {} });
  const paceAt = (nowMs: number) => new Map(handlers.paces(store, nowMs, pause) as never).get("p");
  channel.takeTexts(
    Array.from({ length: 50 }, () => lineOf({ timeMs: T - 60_000 })),
    T,
    true,
  );
  expect(paceAt(T)).toEqual({ live: 0, delayMs: undefined });
  channel.takeTexts([lineOf({ timeMs: T + 4_990 })], T + 5_000, true);
  expect(paceAt(T + 5_001)).toEqual({ live: 1, delayMs: 10 });
});
