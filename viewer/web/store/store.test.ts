import { expect, test } from "vitest";
import { LEVELS, MALFORMED } from "./protocol";
import { fullEntry, stepFrom, windowOf } from "./rows";
import { batchOf, lineOf, makeStore, NO_VIEW, openChannel, packed, rowsOf, shown } from "./store.testing";

const T = Date.UTC(2026, 0, 2, 3, 4, 5);

test("history of several producers is merged by time, and live entries come as they arrive", async () => {
  const store = await makeStore();
  const a = openChannel(store, "a", { from: 0, next: 3 });
  const b = openChannel(store, "b", { from: 0, next: 2 });
  const line = (ms: number) => lineOf({ timeMs: T + ms });
  a.channel.take(
    batchOf([
      [0, line(0)],
      [1, line(20)],
      [2, line(40)],
      [3, line(60)],
    ]),
    T + 100,
    true,
  );
  b.channel.take(
    packed(
      batchOf([
        [0, line(10)],
        [1, line(20)],
        [2, line(5)],
      ]),
    ),
    T + 101,
    true,
  );
  expect(shown(store)).toEqual(["a 0", "b 0", "a 1", "b 1", "a 2", "live", "a 3", "b 2"]);
  expect(store.counts()).toMatchObject({ received: 7, held: 7, shown: 7, searched: 7, dropped: 0 });
  expect(a.reports.map(({ type }) => type)).toEqual(["welcome", "taken", "taken", "send"]);
});

test("a row has what was sent, and a line that is no entry is shown as it is", async () => {
  const store = await makeStore();
  const { channel, reports } = openChannel(store, "a", { from: 5, next: 5 });
  const line = lineOf({ timeMs: T, level: "ERROR", target: "日志", message: "mé", fields: { big: 1 } });
  channel.take(
    packed(
      batchOf(
        [
          [5, line],
          [9, "{oh"],
        ],
        5,
        20,
      ),
    ),
    T + 3,
    true,
  );
  expect(shown(store)).toEqual(["a 5", "a 9"]);
  const [row, broken] = rowsOf(store);
  expect(row).toMatchObject({
    level: 3,
    target: "日志",
    message: "mé",
    fields: "big=1",
    timeMs: T,
    arrivalMs: T + 3,
  });
  expect(broken).toMatchObject({ level: MALFORMED, message: "{oh", seq: 9 });
  expect(store.counts()).toMatchObject({ received: 2, malformed: 1, filtered: 14, errors: 1 });
  expect(reports.at(-2)).toMatchObject({ type: "taken", received: 1, malformed: 1, filtered: 14, next: 21 });
  const id = store.sessions.find("a", 5);
  expect(id === undefined ? undefined : fullEntry(store, id)?.json).toBe(line);
});

test("texts of the base protocol are entries, too", async () => {
  const store = await makeStore();
  const { Channel } = await import("./channel");
  const channel = new Channel({ producer: "p", store, report: () => {} });
  channel.takeTexts([lineOf({ timeMs: T }), '{\n"a":1}', ""], T, true);
  channel.take(new ArrayBuffer(8), T, true);
  expect(shown(store)).toEqual(["p m", 'p { "a":1}', "p "]);
  expect(store.counts()).toMatchObject({ received: 3, held: 3, malformed: 3 });
});

test("a fetched entry stands next to its neighbours, once", async () => {
  const store = await makeStore();
  const a = openChannel(store, "a", { from: 0, next: 0 });
  const b = openChannel(store, "b", { from: 0, next: 0 });
  const line = (ms: number) => lineOf({ timeMs: T + ms, level: "WARN" });
  a.channel.take(batchOf([[0, line(0)]]), T, true);
  b.channel.take(
    batchOf([
      [0, line(10)],
      [1, line(30)],
    ]),
    T,
    true,
  );
  a.channel.take(batchOf([[5, line(50)]], 1, 5), T, true);
  a.channel.take('{"type":"fetch","id":3}', T, true);
  a.channel.take(
    packed(
      batchOf([
        [0, line(0)],
        [2, line(20)],
        [3, line(40)],
        [5, line(50)],
      ]),
    ),
    T,
    true,
  );
  expect(shown(store)).toEqual(["a 0", "b 0", "a 2 fetched", "b 1", "a 3 fetched", "a 5"]);
  expect(a.reports.at(-1)).toEqual({ type: "fetched", id: 3, added: 2 });
  expect(store.counts()).toMatchObject({ received: 4, held: 6 });
});

test("gaps are in their places, that of a page before too", async () => {
  const store = await makeStore();
  const { channel } = openChannel(store, "a", { from: 10, next: 12 }, { formerNext: 4 });
  channel.take(batchOf([[10, lineOf({ timeMs: T })]]), T, true);
  channel.take('{"type":"gap","first":11,"last":14,"reason":"overflow"}', T, true);
  channel.take(batchOf([[17, lineOf({ timeMs: T })]]), T, true);
  expect(shown(store)).toEqual(["a gap 4-9", "a 10", "a gap 11-14", "live", "a gap 15-16", "a 17"]);
  expect(store.counts().lost).toBe(12);
});

test("gaps with nothing between them that the view passes are one row, which grows", async () => {
  const store = await makeStore();
  const { channel } = openChannel(store, "a", { from: 0, next: 0 });
  const other = openChannel(store, "b", { from: 0, next: 0 });
  const send = (seq: number, level: string) =>
    channel.take(batchOf([[seq, lineOf({ timeMs: T + seq, level })]]), T, true);
  const lose = (first: number, last: number, reason = "overflow") =>
    channel.take(JSON.stringify({ type: "gap", first, last, reason }), T, true);
  send(0, "ERROR");
  lose(1, 4);
  lose(5, 9);
  send(10, "INFO");
  lose(11, 19);
  lose(20, 20, "refused");
  lose(21, 22, "refused");
  other.channel.take('{"type":"gap","first":0,"last":3,"reason":"refused"}', T, true);
  expect(shown(store)).toEqual(["a 0", "a gap 1-9", "a 10", "a gap 11-19", "a gap 20-22", "b gap 0-3"]);
  store.showing.set({ ...NO_VIEW, query: "level:error" });
  while (store.view.isBusy) store.view.step();
  const [, gap] = rowsOf(store);
  expect(gap).toMatchObject({ first: 1, last: 19, missing: 18, reason: "overflow", session: "a" });
  expect(shown(store)).toEqual(["a 0", "a gap 1-19", "a gap 20-22", "b gap 0-3"]);
  expect(store.counts()).toMatchObject({ shown: 1, held: 2, lost: 25 });
  store.showing.set({ ...NO_VIEW, query: "level:error", muted: ["b"] });
  while (store.view.isBusy) store.view.step();
  lose(23, 30, "refused");
  const grown = rowsOf(store).at(-1);
  expect(grown).toMatchObject({ first: 20, last: 30, missing: 11 });
  expect(stepFrom(store, gap?.id ?? 0, { to: "row", by: 1 })).toEqual({ id: grown?.id, position: 2 });
});

test("a query is evaluated block by block, the newest first, and goes on with what comes", async () => {
  const store = await makeStore();
  const { channel } = openChannel(store, "a", { from: 0, next: 0 });
  const long = "x".repeat(2_000);
  const send = (block: number) => {
    const lines = Array.from({ length: 20 }, (_, index) => {
      const seq = block * 20 + index;
      const level = LEVELS[seq % 4] ?? "INFO";
      return [
        seq,
        lineOf({ timeMs: T + seq, level, message: `${seq % 3 === 0 ? "Needle" : "hay"} ${long}` }),
      ] as const;
    });
    channel.take(packed(batchOf(lines)), T, true);
  };
  for (let block = 0; block < 5; block += 1) send(block);
  expect(store.showing.set({ ...NO_VIEW, query: "level:warn+ needle" })).toBeUndefined();
  expect(store.counts()).toMatchObject({ searched: 0, shown: 0 });
  store.view.step();
  expect(store.counts().searched).toBe(20);
  expect(shown(store).every((row) => Number(row.slice(2)) >= 80)).toBe(true);
  while (store.view.isBusy) store.view.step();
  send(5);
  while (store.view.isBusy) store.view.step();
  const expected = Array.from({ length: 120 }, (_, seq) => seq).filter(
    (seq) => seq % 3 === 0 && seq % 4 >= 2,
  );
  expect(shown(store)).toEqual(expected.map((seq) => `a ${seq}`));
  expect(store.showing.set({ ...NO_VIEW, query: "level:no" })).toMatchObject({ code: "level" });
  const id = windowOf(store, { kind: "end" }, 1).rows[0]?.id ?? 0;
  const up = stepFrom(store, id, { to: "level", level: 3, direction: -1 });
  expect(up?.position).toBe(expected.findLastIndex((seq) => seq % 4 === 3 && seq < (expected.at(-1) ?? 0)));
});

test("a producer is found by the name that it gets later", async () => {
  const store = await makeStore();
  const { channel } = openChannel(store, "a", { from: 0, next: 0 });
  channel.take(batchOf([[0, lineOf({ timeMs: T })]]), T, true);
  store.showing.set({ ...NO_VIEW, query: "producer:shop" });
  while (store.view.isBusy) store.view.step();
  expect(shown(store)).toEqual([]);
  store.nameProducer("a", ["Shop"]);
  while (store.view.isBusy) store.view.step();
  expect(shown(store)).toEqual(["a 0"]);
});

test("the oldest blocks are dropped, and what is pinned stays", async () => {
  const store = await makeStore();
  const { channel } = openChannel(store, "a", { from: 0, next: 0 });
  const random = () => Math.random().toString(36);
  let seq = 0;
  const send = () => {
    const lines = Array.from({ length: 100 }, (): [number, string] => {
      seq += 1;
      return [seq - 1, lineOf({ timeMs: T + seq, message: Array.from({ length: 20 }, random).join("") })];
    });
    channel.take(packed(batchOf(lines)), T, true);
  };
  send();
  const first = windowOf(store, { kind: "position", position: 0 }, 1).rows[0]?.id ?? 0;
  store.pin([first]);
  store.setMaxBytes(store.counts().bytes + 100_000);
  for (let count = 0; count < 20; count += 1) send();
  const { received, held, dropped, bytes, maxBytes } = store.counts();
  expect(dropped).toBeGreaterThan(0);
  expect(received).toBe(held + dropped);
  expect(bytes).toBeLessThanOrEqual(maxBytes);
  expect(shown(store).slice(0, 2)).toEqual(["a 0", "a 1"]);
  expect(shown(store)).toHaveLength(held);
  store.clear();
  expect(shown(store)).toEqual([]);
  expect(store.counts()).toMatchObject({ held: 0, received });
});
