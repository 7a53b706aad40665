import { expect, test } from "vitest";
import type { Query } from "../query/syntax";
import type { Store } from "../store";
import { batchOf, lineOf, makeStore, NO_VIEW, openChannel, packed, shown } from "../store.testing";
import { TestPool } from "./pool.testing";

const T = Date.UTC(2026, 0, 2, 3, 4, 5);
const FRAME = 200;
/** Longer than any frame is to take. */
const SLOW_TICKS = 40;

/** A store with so many blocks of entries, every tenth of which is a needle. */
async function start(frames: number) {
  const store = await makeStore();
  const { channel } = openChannel(store, "p", { from: 0, next: 0 });
  let next = 0;
  const send = () => {
    const lines = Array.from({ length: FRAME }, (_, index) => {
      const message = `${(next + index) % 10 === 0 ? "needle" : "hay"} ${Math.random()} ${"x".repeat(80)}`;
      return [next + index, lineOf({ timeMs: T + next + index, message })] as const;
    });
    channel.take(packed(batchOf(lines)), T, true);
    next += FRAME;
  };
  for (let frame = 0; frame < frames; frame += 1) send();
  return { store, pool: new TestPool(store), send };
}

const isOf = (kind: Query["kind"]) => {
  return (message: { readonly kind: string; readonly query?: Query }) => message.query?.kind === kind;
};

function tick({ pool }: TestPool): void {
  for (let count = 0; count < SLOW_TICKS; count += 1) pool.tick(100);
}

/** Shows a query, and waits for it. */
async function show(store: Store, pool: TestPool, query: string) {
  const answer = store.showing.set({ ...NO_VIEW, query });
  pool.drain();
  return await answer;
}

test("the rows of the view before stay until there are others", async () => {
  const { store, pool } = await start(60);
  const { number } = store.view;
  const answer = store.showing.set({ ...NO_VIEW, query: "needle" });
  expect(store.order.total("shown")).toBe(60 * FRAME);
  while (store.view.number === number) pool.work();
  // A screen of them is enough: most blocks are still to be looked at.
  expect(store.order.total("shown")).toBeGreaterThanOrEqual(64);
  expect(store.counts().searched).toBeLessThan(60 * FRAME);
  expect(await answer).toBeUndefined();
  pool.drain();
  expect(store.counts()).toMatchObject({ shown: (60 * FRAME) / 10, searched: 60 * FRAME });
  expect(pool.started).toBe(2);
});

test("what comes while it is searched is found, too", async () => {
  const { store, pool, send } = await start(30);
  void store.showing.set({ ...NO_VIEW, query: "needle" });
  for (let count = 0; count < 10; count += 1) {
    pool.work();
    send();
  }
  pool.drain();
  expect(store.counts()).toMatchObject({ shown: (40 * FRAME) / 10, searched: 40 * FRAME });
});

test("a query that finds no end is ended, and the one before stays", async () => {
  const { store, pool, send } = await start(30);
  expect(await show(store, pool, "needle")).toBeUndefined();
  const [before, { started }] = [shown(store).length, pool];
  pool.isStuck = isOf("regex");
  const answer = store.showing.set({ ...NO_VIEW, query: "/(a+)+$/" });
  pool.drain();
  // The other searcher goes on with what is shown.
  send();
  pool.drain();
  expect(shown(store).length).toBe(before + FRAME / 10);
  tick(pool);
  expect(await answer).toEqual({ code: "slow", start: 0, end: 8, text: "/(a+)+$/" });
  send();
  pool.drain();
  expect(shown(store).length).toBe(before + FRAME / 5);
  // Its searcher comes again when there is something for it.
  pool.isStuck = () => false;
  expect(await show(store, pool, "/needle/")).toBeUndefined();
  expect(store.counts()).toMatchObject({ shown: (32 * FRAME) / 10, searched: 32 * FRAME });
  expect(pool.started).toBe(started + 1);
});

test("one that finds no end in what comes later gives way to the one before", async () => {
  const { store, pool, send } = await start(30);
  await show(store, pool, "hay");
  await show(store, pool, "/needle/");
  pool.isStuck = ({ kind }) => kind === "look";
  send();
  pool.drain();
  tick(pool);
  expect(store.showing.takeSlow()).toMatchObject({ code: "slow", text: "/needle/" });
  expect(store.showing.takeSlow()).toBeUndefined();
  pool.isStuck = () => false;
  pool.drain();
  expect(store.counts()).toMatchObject({ shown: (31 * FRAME * 9) / 10, searched: 31 * FRAME });
  expect(await show(store, pool, "/needle/")).toBeUndefined();
  expect(store.counts()).toMatchObject({ shown: (31 * FRAME) / 10 });
});

test("one that nobody hears is not said to be slow", async () => {
  const { store, pool } = await start(10);
  pool.isStuck = isOf("regex");
  const answer = store.showing.set({ ...NO_VIEW, query: "/(a+)+$/" });
  pool.drain();
  pool.isHeard = false;
  tick(pool);
  expect(store.showing.takeSlow()).toBeUndefined();
  expect(pool.running).toBe(2);
  pool.isHeard = true;
  tick(pool);
  expect(await answer).toMatchObject({ code: "slow" });
});

test("one that is typed over is not waited for, nor said to be slow", async () => {
  const { store, pool } = await start(10);
  pool.isStuck = isOf("regex");
  const first = store.showing.set({ ...NO_VIEW, query: "/(a+)+$/" });
  pool.drain();
  const second = store.showing.set({ ...NO_VIEW, query: "needle" });
  expect(await first).toBeUndefined();
  for (let count = 0; count < 4; count += 1) pool.pool.tick(100);
  pool.drain();
  expect(await second).toBeUndefined();
  expect(store.counts().shown).toBe(FRAME);
});

test("searchers that are not used end", async () => {
  const { store, pool } = await start(30);
  await show(store, pool, "needle");
  expect(pool.running).toBe(2);
  for (let count = 0; count < 300; count += 1) pool.pool.tick(100);
  expect(pool.running).toBe(0);
  await show(store, pool, "/needle/");
  expect(pool.running).toBe(2);
});
