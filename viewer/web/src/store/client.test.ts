import { expect, test } from "vitest";
import type { ReaderHandlers } from "../../consumer/extension/reader";
import { Desk, type ToDesk } from "../../store/desk";
import type { ToPage } from "../../store/messages";
import { batchOf, lineOf, makeStore, NO_VIEW, packed } from "../../store/store.testing";
import { type WorkerLike, WorkerStore } from "./client";

const T = Date.UTC(2026, 0, 2, 3, 4, 5);
const WELCOME = { type: "welcome", version: 1, session: "s", oldest: 0, from: 0, next: 0, resumed: false };

/** A client whose worker is in the same thread, and works when it is told to. */
async function start() {
  const tasks: (() => void)[] = [];
  const worker: WorkerLike = {
    onmessage: null,
    onerror: null,
    postMessage: (message) => desk.handle(structuredClone(message) as ToDesk),
  };
  let nowMs = T;
  const desk = new Desk({
    store: await makeStore(),
    post: (data: ToPage) => worker.onmessage?.({ data: structuredClone(data) } as MessageEvent<ToPage>),
    now: () => {
      nowMs += 0.5;
      return nowMs;
    },
    soon: (work) => tasks.push(work),
  });
  const client = new WorkerStore(worker, () => {
    throw new Error("this desk has no searchers");
  });
  const work = () => {
    for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) task();
  };
  return { client, work, tasks };
}

function handlersInto(told: unknown[]): ReaderHandlers {
  return {
    onPlain: ({ malformed }) => told.push(["plain", malformed]),
    onWelcome: ({ session }) => told.push(["welcome", session]),
    onTaken: ({ missing, entries }, next) => told.push(["taken", missing.length, entries.length, next]),
    onKept: (count) => told.push(["kept", count]),
    onFetched: () => told.push("fetched"),
    onAnswer: ({ type }) => told.push(type),
    onStatus: () => told.push("status"),
    onMalformed: () => told.push("malformed"),
    deliver: () => {},
    send: (text) => told.push(JSON.parse(text)),
  };
}

const entries = (first: number, count: number) =>
  batchOf(
    Array.from(
      { length: count },
      (_, index) => [first + index, lineOf({ timeMs: T + first + index })] as const,
    ),
  );

test("a channel is read in the worker, and acknowledged when the store has what it brought", async () => {
  const { client, work } = await start();
  const told: unknown[] = [];
  const reader = client.readers(() => undefined)(handlersInto(told), "p");
  reader.expectWelcome({ session: "s", next: undefined });
  expect(reader.drained()).toBeUndefined();
  reader.take(packed(JSON.stringify(WELCOME)));
  reader.take(JSON.stringify({ ...WELCOME, type: "welcome" }));
  const drained = reader.drained();
  // The texts of a task are posted behind it.
  await new Promise((resolve) => setTimeout(resolve, 5));
  work();
  await drained;
  expect(told).toEqual([
    ["plain", 1],
    ["kept", 0],
    ["plain", 1],
    ["kept", 0],
  ]);
});

test("frames are answered in order, and texts keep their place between them", async () => {
  const { client, work } = await start();
  const told: unknown[] = [];
  const reader = client.readers(() => undefined)(handlersInto(told), "p");
  reader.expectWelcome({ session: "s", next: undefined });
  reader.take(JSON.stringify(WELCOME));
  reader.take(packed(entries(0, 3)));
  reader.take(entries(3, 2));
  reader.take(packed(entries(7, 1)));
  const drained = reader.drained();
  reader.end?.();
  work();
  await drained;
  expect(told).toEqual([
    ["welcome", "s"],
    ["taken", 0, 0, 0],
    ["kept", 0],
    ["taken", 0, 0, 3],
    ["kept", 3],
    ["taken", 0, 0, 5],
    ["kept", 2],
    ["taken", 1, 0, 8],
    ["kept", 1],
    { type: "ack", seq: 7 },
  ]);
  const { rows, total } = await client.ask("window", { anchor: { kind: "end" }, count: 2 });
  expect([total, rows.map(({ kind }) => kind)]).toEqual([7, ["gap", "entry"]]);
});

test("a window is answered while frames wait, and changes are told", async () => {
  const { client, work, tasks } = await start();
  const notices: unknown[] = [];
  client.on("changed", ({ total }) => notices.push(total));
  const reader = client.readers(() => undefined)(handlersInto([]), "p");
  reader.expectWelcome({ session: "s", next: undefined });
  reader.take(JSON.stringify(WELCOME));
  for (let frame = 0; frame < 200; frame += 1) reader.take(packed(entries(frame, 1)));
  tasks.shift()?.();
  const window = await client.ask("window", { anchor: { kind: "end" }, count: 5 });
  expect(window.total).toBeGreaterThan(0);
  expect(window.total).toBeLessThan(200);
  work();
  expect((await client.ask("window", { anchor: { kind: "end" }, count: 5 })).total).toBe(200);
  expect(notices.length).toBeGreaterThan(1);
});

test("every question has an answer, and one that fails rejects", async () => {
  const { client, work } = await start();
  const reader = client.readers(() => undefined)(handlersInto([]), "p");
  reader.expectWelcome({ session: "s", next: undefined });
  reader.take(JSON.stringify(WELCOME));
  reader.take(packed(entries(0, 3)));
  work();
  expect(await client.ask("setView", { ...NO_VIEW, query: "(" })).toMatchObject({ start: 0 });
  const id = await client.ask("findEntry", { session: "s", seq: 1 });
  const entry = await client.ask("entry", id ?? 0);
  expect(entry).toMatchObject({ session: "s", position: 1, row: { seq: 1 } });
  expect((await client.ask("facets", undefined)).levels).toEqual([0, 3, 0, 0, 0]);
  const exported = await client.ask("export", { format: "ndjson", isFiltered: false });
  expect((await exported.text()).trim().split("\n")).toHaveLength(3);
  const patterns = await client.ask("patterns", undefined);
  expect(patterns).toMatchObject([{ template: "m", count: 3 }]);
  const file = new Blob([`${lineOf({ timeMs: T })}\nbroken\n`]);
  const opened = client.ask("open", { file, producer: "p", name: "file" });
  let isReading = true;
  void opened.finally(() => {
    isReading = false;
  });
  while (isReading) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    work();
  }
  expect(await opened).toEqual({ lines: 2, session: expect.any(String) });
  expect(await client.ask("all", undefined)).toHaveLength(5);
  await expect(client.ask("histogram", null as never)).rejects.toThrow();
});
