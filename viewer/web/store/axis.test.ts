import { expect, test } from "vitest";
import { histogramOf } from "./histogram";
import { openFile } from "./open_file";
import { FILE_PREFIX, type Outside } from "./protocol";
import type { Store } from "./store";
import { batchOf, lineOf, makeStore, NO_VIEW, openChannel, packed } from "./store.testing";

const T = Date.UTC(2026, 0, 2, 3, 4, 5);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const Y1970 = 5_000;
const Y2100 = Date.UTC(2100, 0, 1);

/** A store that entries of these times have come to, at `T + HOUR`. */
async function storeOf(times: readonly number[], isLong: boolean): Promise<Store> {
  const store = await makeStore();
  const { channel } = openChannel(store, "a", { from: 0, next: 0 });
  // Long bodies are blocks of their own, whose sums are counted.
  const message = "m".repeat(isLong ? 200 : 1);
  const level = (timeMs: number) => (timeMs === T ? "ERROR" : "INFO");
  for (let first = 0; first < times.length; first += 100) {
    const lines = times
      .slice(first, first + 100)
      .map((timeMs, index) => [first + index, lineOf({ timeMs, message, level: level(timeMs) })] as const);
    channel.take(packed(batchOf(lines)), T + HOUR, true);
  }
  return store;
}

function axis(store: Store): { fromMs: number; toMs: number; counted: number; outside: readonly Outside[] } {
  const { fromMs, bucketMs, counts, outside } = histogramOf(store, 100, undefined);
  const counted = counts.reduce((sum, count) => sum + count, 0);
  return { fromMs, toMs: fromMs + (counts.length / 5) * bucketMs, counted, outside };
}

/** Entries over an hour. */
const hour = (count: number) => Array.from({ length: count }, (_, number) => T + (number * HOUR) / count);

test.each([true, false])("a wrong clock does not stretch the axis, in long blocks: %s", async (isLong) => {
  const store = await storeOf([...hour(400), Y1970, Y2100, ...hour(400), Y1970 + 1], isLong);
  const { fromMs, toMs, counted, outside } = axis(store);
  expect(fromMs).toBeGreaterThan(T - HOUR);
  expect(toMs).toBeLessThan(T + 2 * HOUR);
  expect(counted).toBe(800);
  expect(outside).toEqual([
    { side: "before", count: 2, range: { fromMs: Y1970, toMs: Y1970 + 2 } },
    { side: "behind", count: 1, range: { fromMs: Y2100, toMs: Y2100 + 1 } },
  ]);
  // Those that the view passes, and the range that is asked for.
  store.showing.set({ ...NO_VIEW, query: "level:error" });
  while (store.view.isBusy) store.view.step();
  expect(axis(store)).toMatchObject({ counted: 2, outside: [] });
  const all = histogramOf(store, 100, { fromMs: 0, toMs: Y2100 + 1 });
  expect(all.outside).toEqual([]);
});

test.each<[what: string, times: readonly number[]]>([
  ["two entries that are far apart", [Y1970, T]],
  ["a tenth of them", [...hour(90), ...hour(10).map((ms) => ms - 400 * DAY)]],
  ["a day", [T - 23 * HOUR, ...hour(500)]],
  ["an even week", Array.from({ length: 500 }, (_, number) => T - 7 * DAY + (number * 7 * DAY) / 500)],
  ["a few that are new", [...hour(500).map((ms) => ms - 9 * DAY), T, T + 1]],
  ["the future alone", hour(500).map((ms) => ms + 9 * DAY)],
])("nothing is left out of %s", async (_, times) => {
  const { fromMs, toMs, counted, outside } = axis(await storeOf(times, true));
  expect([counted, outside]).toEqual([times.length, []]);
  expect(fromMs).toBeLessThanOrEqual(Math.min(...times));
  expect(toMs).toBeGreaterThan(Math.max(...times));
});

test("a file among many newer entries is counted, without its own wrong clocks", async () => {
  const store = await storeOf(hour(2_000), true);
  const pause = () => Promise.resolve();
  const file = new Blob([
    [Y1970, ...hour(10).map((ms) => ms - 2 * DAY)].map((timeMs) => `${lineOf({ timeMs })}\n`).join(""),
  ]);
  await openFile(store, { file, producer: `${FILE_PREFIX}old`, name: "old" }, pause);
  expect(axis(store)).toMatchObject({ counted: 2_010, outside: [{ side: "before", count: 1 }] });
});
