/** How many runs the order takes. */

import { expect, test } from "vitest";
import { makeRandom } from "./engine/engine.testing";
import { batchOf, lineOf, makeStore, openChannel, packed } from "./store.testing";

const T = Date.UTC(2026, 0, 2, 3, 4, 5);
const DAY = 24 * 3_600_000;
const COUNT = 100_000;
/** A frame has so many entries. */
const EACH = 2_000;

/** Returns how many runs a history takes that came at `T + DAY / 2`. */
async function runsOf(timeOf: (seq: number) => number): Promise<number> {
  const store = await makeStore();
  const { channel } = openChannel(store, "a", { from: 0, next: COUNT });
  for (let first = 0; first < COUNT; first += EACH) {
    const lines = Array.from(
      { length: EACH },
      (_, index) => [first + index, lineOf({ timeMs: timeOf(first + index) })] as const,
    );
    channel.take(packed(batchOf(lines)), T + DAY / 2, true);
  }
  const rows = [...store.items("all")].map(({ block, index }) => block.seq(index));
  expect(rows).toEqual(Array.from({ length: COUNT }, (_, seq) => seq));
  return store.order.chunks().reduce((sum, { count }) => sum + count, 0);
}

test.each<[what: string, timeOf: (seq: number) => number]>([
  ["right", (seq) => T + seq],
  ["two days ahead", (seq) => T + 3 * DAY + seq],
  ["the newest first", (seq) => T + COUNT - seq],
  ["the newest first, and two days ahead", (seq) => T + 3 * DAY - seq],
])("a history takes few runs: %s", async (_, timeOf) => {
  expect(await runsOf(timeOf)).toBeLessThan((3 * COUNT) / EACH);
});

test("entries between others keep their order, whatever runs they are in", async () => {
  const random = makeRandom(5);
  const store = await makeStore();
  const [a, b] = ["a", "b"].map((id) => openChannel(store, id, { from: 0, next: 1_000 }));
  const send = (sender: typeof a, times: readonly number[], first: number) =>
    sender?.channel.take(
      batchOf(times.map((timeMs, index) => [first + index, lineOf({ timeMs })])),
      T + DAY,
      true,
    );
  // The times of one fall from 900 to 400 and stand at one key; those of the other one lie on both sides of it.
  send(a, [...Array.from({ length: 500 }, (_, index) => T + 900 - index), T + 950], 0);
  send(b, [T + 300, T + 600, T + 940, T + 960], 0);
  send(a, [T + 955, T + 940 + random(5), T + 980], 501);
  const rows = [...store.items("all")].map(({ block, index }) => `${block.producer?.id} ${block.seq(index)}`);
  expect(rows.filter((row) => row.startsWith("a"))).toEqual(
    Array.from({ length: 504 }, (_, seq) => `a ${seq}`),
  );
  expect(rows.slice(0, 2)).toEqual(["b 0", "a 0"]);
  expect(rows.slice(-7)).toEqual(["b 1", "b 2", "a 500", "a 501", "a 502", "b 3", "a 503"]);
});
