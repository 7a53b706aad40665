import { expect, test } from "vitest";
import { makeRandom } from "./engine/engine.testing";
import { mergeKeys } from "./merge_keys";
import { batchOf, lineOf, makeStore, openChannel, shown } from "./store.testing";

const T = Date.UTC(2026, 0, 2, 3, 4, 5);
const HOUR = 3_600_000;
const NONE = Number.NEGATIVE_INFINITY;
/** By how much a clock is wrong: to 1970, by hours, beyond 2100. */
const WRONG_MS = [-T, -9 * HOUR, -HOUR, HOUR, 9 * HOUR, 80 * 365 * 24 * HOUR];

const keysOf = (times: readonly number[], keyMs = NONE, arrivalMs = T + HOUR) =>
  Array.from(mergeKeys({ time: (index) => times[index] ?? Number.NaN }, 0, times.length, keyMs, arrivalMs));

test("a wrong clock moves no other entry", () => {
  const random = makeRandom(7);
  for (let round = 0; round < 400; round += 1) {
    let clockMs = T;
    const times = Array.from({ length: 2 + random(60) }, () => {
      clockMs += random(1_000);
      return clockMs;
    });
    // If the second entry is earlier than the first, either may be wrong.
    const at = [0, ...times.keys()].filter((index) => index !== 1)[random(times.length)] ?? 0;
    const wrong = (times[at] ?? 0) + (WRONG_MS[random(WRONG_MS.length)] ?? 0);
    times.splice(at, 0, wrong);
    const keys = keysOf(times, random(2) === 0 ? NONE : T - HOUR / 2);
    expect(keys).toEqual(keys.toSorted((one, other) => one - other));
    expect(keys.toSpliced(at, 1)).toEqual(times.toSpliced(at, 1));
  }
});

test.each<[string, readonly number[], readonly number[]]>([
  ["without a time, that of the one in front", [T, Number.NaN, T + 5], [T, T, T + 5]],
  ["without a time at first, that of the one behind", [Number.NaN, T], [T, T]],
  ["without any time, none", [Number.NaN, Number.NaN], [NONE, NONE]],
  ["of two that disagree, the later one", [T + 9, T], [T, T]],
  ["far ahead at the end, that of the one in front", [T, T + 80 * 365 * 24 * HOUR], [T, T]],
  ["far ahead alone, its arrival", [T + 80 * 365 * 24 * HOUR], [T + HOUR]],
])("%s", (_, times, keys) => expect(keysOf(times)).toEqual(keys));

test("keys go on from those before", () => {
  expect(keysOf([T - 5, T + 2, Number.NaN], T)).toEqual([T, T + 2, T + 2]);
});

test.each(WRONG_MS)("an entry that is %i ms off stays between its neighbours", async (wrongMs) => {
  const store = await makeStore();
  const send = (producer: string, times: readonly number[], nowMs: number) => {
    const { channel } = openChannel(store, producer, { from: 0, next: times.length });
    const lines = times.map((timeMs, seq) => [seq, lineOf({ timeMs })] as const);
    channel.take(batchOf(lines), nowMs, true);
  };
  send("a", [T, T + 20, T + 40 + wrongMs, T + 60, T + 80], T + HOUR);
  send("b", [T + 10, T + 30, T + 50, T + 70], T + HOUR);
  const rows = shown(store);
  expect(rows.filter((row) => row !== "a 2")).toEqual(
    "a0 b0 a1 b1 b2 a3 b3 a4".replace(/\d/g, " $&").match(/\w \d/g),
  );
  expect(rows.filter((row) => row.startsWith("a"))).toEqual(["a 0", "a 1", "a 2", "a 3", "a 4"]);
});
