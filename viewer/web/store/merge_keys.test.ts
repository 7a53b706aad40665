import { expect, test } from "vitest";
import { makeRandom } from "./engine/engine.testing";
import { CONFIRMED_MS, type KeysBefore, mergeKeys } from "./merge_keys";
import { batchOf, lineOf, makeStore, openChannel, shown } from "./store.testing";

const T = Date.UTC(2026, 0, 2, 3, 4, 5);
const HOUR = 3_600_000;
const NONE = Number.NEGATIVE_INFINITY;
/** By how much a clock is wrong: to 1970, by hours, beyond 2100. */
const WRONG_MS = [-T, -9 * HOUR, -HOUR, HOUR, 9 * HOUR, 80 * 365 * 24 * HOUR];

/** The keys of a history that comes in parts, at `T + HOUR`. */
function keysOfParts(parts: readonly (readonly number[])[], keyMs: number, isWhole: boolean): number[][] {
  let before: KeysBefore = { keyMs, recentMs: [] };
  return parts.map((part, number) => {
    const times = { time: (index: number) => part[index] ?? Number.NaN };
    const isLast = isWhole && number === parts.length - 1;
    const range = { times, from: 0, to: part.length, arrivalMs: T + HOUR, isLast };
    const { keys, recentMs } = mergeKeys(range, before);
    before = { keyMs: keys.at(-1) ?? before.keyMs, recentMs };
    return Array.from(keys);
  });
}

const keysOf = (times: readonly number[], keyMs = NONE) => keysOfParts([times], keyMs, true)[0] ?? [];

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

test("a wrong clock moves no entry of a later part by more than a minute", () => {
  const random = makeRandom(8);
  for (let round = 0; round < 3_000; round += 1) {
    let clockMs = T;
    const entries = Array.from({ length: 2 + random(20) }, () => {
      clockMs += random(1_000);
      return { timeMs: clockMs, isRight: true };
    });
    const at = random(entries.length + 1);
    const wrongMs = [...WRONG_MS, -500, 700, CONFIRMED_MS / 2][random(WRONG_MS.length + 3)] ?? 0;
    const timeMs = random(20) === 0 ? Number.NaN : (entries[at]?.timeMs ?? clockMs) + wrongMs;
    entries.splice(at, 0, { timeMs, isRight: false });
    const parts: { timeMs: number; isRight: boolean }[][] = [];
    const most = 1 + random(6);
    for (let from = 0; from < entries.length; from += parts.at(-1)?.length ?? 1) {
      parts.push(entries.slice(from, from + 1 + random(most)));
    }
    const times = parts.map((part) => part.map((entry) => entry.timeMs));
    const keys = keysOfParts(times, random(2) === 0 ? NONE : T - HOUR, random(2) === 0).flat();
    expect(keys).toEqual(keys.toSorted((one, other) => one - other));
    const right = [...entries.entries()].filter(([, { isRight }]) => isRight);
    // Nothing confirms the first one, if it is alone.
    for (const [index, entry] of right.slice(1)) {
      expect(Math.abs((keys[index] ?? 0) - entry.timeMs), `${index} of ${times}`).toBeLessThanOrEqual(
        CONFIRMED_MS,
      );
    }
  }
});

const FAR = 80 * 365 * 24 * HOUR;
test.each<[string, number[][], number[][]]>([
  [
    "late at the end of a part",
    [
      [T, T + 20, T + 9 * HOUR],
      [T + 60, T + 80],
    ],
    [
      [T, T + 20, T + 20],
      [T + 60, T + 80],
    ],
  ],
  ["far ahead alone in the first part", [[T + FAR], [T + 60, T + 80]], [[NONE], [T + 60, T + 80]]],
  ["far ahead alone in another part", [[T, T + 20], [T + FAR], [T + 60]], [[T, T + 20], [T + 20], [T + 60]]],
  [
    "after a pause, confirmed by the next part",
    [[T], [T + HOUR], [T + HOUR + 5]],
    [[NONE], [T], [T + HOUR + 5]],
  ],
  [
    "all two days ahead",
    [
      [T + 49 * HOUR, T + 50 * HOUR],
      [T + 51 * HOUR, T + 51 * HOUR + 1],
    ],
    [
      [T + 49 * HOUR, T + 49 * HOUR],
      [T + 51 * HOUR, T + 51 * HOUR + 1],
    ],
  ],
])("in parts: %s", (_, parts, keys) => expect(keysOfParts(parts, NONE, false)).toEqual(keys));

test("a time after a pause at the end of the history is its key", () => {
  expect(keysOf([T - 9 * HOUR, T])).toEqual([T - 9 * HOUR, T]);
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

test("a wrong time at the end of a frame leaves the next frame where it belongs", async () => {
  const store = await makeStore();
  const a = openChannel(store, "a", { from: 0, next: 6 });
  const b = openChannel(store, "b", { from: 0, next: 3 });
  const linesOf = (first: number, times: readonly number[]) =>
    batchOf(times.map((timeMs, index) => [first + index, lineOf({ timeMs })]));
  a.channel.take(linesOf(0, [T, T + 20, T + 9 * HOUR]), T + HOUR, true);
  b.channel.take(linesOf(0, [T + 10, T + 70, T + 90]), T + HOUR, true);
  a.channel.take(linesOf(3, [T + 60, T + 80, T + 100]), T + HOUR, true);
  expect(shown(store)).toEqual(["a 0", "b 0", "a 1", "a 2", "a 3", "b 1", "a 4", "b 2", "a 5"]);
});
