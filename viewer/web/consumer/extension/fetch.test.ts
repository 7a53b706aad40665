import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Numbered } from "./account";
import { checkRange, Fetches } from "./fetch";
import { entry } from "./frames.testing";
import { Requests } from "./requests";

interface Sent {
  type: string;
  id: number;
  first: number;
  last: number;
}

let sent: Sent[];
let requests: Requests;
let fetches: Fetches;

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  requests = new Requests((text) => sent.push(JSON.parse(text)));
  fetches = new Fetches(requests);
});
afterEach(() => {
  vi.useRealTimers();
});

function numbered(...numbers: number[]): Numbered[] {
  return numbers.map((seq) => ({ seq, entry: entry(seq) }));
}

/** Answers the newest request, once there are `count` of them. */
async function answer(count: number, numbers: number[], next: number, missing = 0): Promise<void> {
  await vi.advanceTimersByTimeAsync(1_000);
  expect(sent).toHaveLength(count);
  const id = sent.at(-1)?.id ?? -1;
  fetches.take(id, numbered(...numbers));
  expect(requests.answer({ type: "fetched", id, next, missing })).toBe(true);
}

test("follows `next` until everything has come", async () => {
  const parts: { numbers: number[]; missing: number }[] = [];
  const done = (async () => {
    for await (const { entries, missing } of fetches.fetch({
      first: 10,
      last: 29,
      level: "DEBUG",
      filter: "app=debug",
    })) {
      parts.push({ numbers: entries.map(({ seq }) => seq), missing });
    }
  })();
  await answer(1, [13, 14], 15, 3);
  await answer(2, [15, 20], 21);
  await answer(3, [], 30);
  await done;
  expect(sent.map(({ first, last }) => [first, last])).toEqual([
    [10, 29],
    [15, 29],
    [21, 29],
  ]);
  expect(sent[1]).toMatchObject({ type: "fetch", level: "DEBUG", filter: "app=debug" });
  expect(parts).toEqual([
    { numbers: [13, 14], missing: 3 },
    { numbers: [15, 20], missing: 0 },
    { numbers: [], missing: 0 },
  ]);
});

test("ends where there is nothing more yet", async () => {
  const parts = fetches.fetch({ first: 10, last: 1_000 });
  const first = parts.next();
  await answer(1, [10], 11);
  expect((await first).value?.entries).toHaveLength(1);
  const second = parts.next();
  await answer(2, [], 11);
  expect((await second).done).toBe(true);
});

test("the next part is asked for when it is wanted", async () => {
  const parts = fetches.fetch({ first: 0, last: 9 });
  const first = parts.next();
  await answer(1, [0], 1);
  await first;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(sent).toHaveLength(1);
});

test("requests go out one at a time, four a second at most", async () => {
  const ranges = [0, 1, 2].map((first) => fetches.fetch({ first, last: first }).next());
  await vi.advanceTimersByTimeAsync(10_000);
  expect(sent).toHaveLength(1);
  requests.answer({ type: "fetched", id: 1, next: 1, missing: 0 });
  await vi.advanceTimersByTimeAsync(0);
  expect(sent).toHaveLength(2);
  requests.answer({ type: "fetched", id: 2, next: 2, missing: 0 });
  await vi.advanceTimersByTimeAsync(249);
  expect(sent).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(20);
  expect(sent).toHaveLength(3);
  requests.answer({ type: "fetched", id: 3, next: 3, missing: 0 });
  await Promise.all(ranges);
});

test("one that is refused does not keep the others from being asked", async () => {
  const refused = fetches.fetch({ first: 0, last: 0 }).next();
  const next = fetches.fetch({ first: 1, last: 1 }).next();
  await vi.advanceTimersByTimeAsync(0);
  requests.answer({ type: "error", id: 1, message: "replay: none" });
  await expect(refused).rejects.toThrow("replay: none");
  await answer(2, [1], 2);
  expect((await next).value?.entries).toEqual(numbered(1));
});

test.each([
  [{ first: -1, last: 5 }, "first: -1"],
  [{ first: 0.5, last: 5 }, "first: 0.5"],
  [{ first: 0, last: Number.POSITIVE_INFINITY }, "last: Infinity"],
])("%j is no range", (range, message) => {
  expect(() => checkRange(range)).toThrow(message);
  expect(() => checkRange({ first: 0, last: Number.MAX_SAFE_INTEGER })).not.toThrow();
});

test("entries of a request that nobody waits for are left alone", () => {
  expect(() => fetches.take(7, numbered(1))).not.toThrow();
});
