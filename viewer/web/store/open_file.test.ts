import { expect, test } from "vitest";
import { openFile } from "./open_file";
import { MALFORMED } from "./protocol";
import { batchOf, lineOf, makeStore, openChannel, rowsOf, shown } from "./store.testing";

const T = Date.UTC(2026, 0, 2, 3, 4, 5);
const pause = () => Promise.resolve();
const ownLine = (number: number) => lineOf({ timeMs: T + number, message: `m${number}` });

test("lines of other libraries are entries, and what is none stays as it is", async () => {
  const store = await makeStore();
  // Entries are longer than what they were made of: they take more than one body.
  const many = Array.from({ length: 9_000 }, (_, n) => `{"level":50,"time":${T + n},"msg":"p${n}"}`);
  const file = new Blob([[ownLine(0), ...many, '{"a":1}', "text"].join("\n")]);
  const { lines, session } = await openFile(store, { file, producer: "file:a", name: "a" }, pause);
  expect(lines).toBe(9_003);
  const rows = [...rowsOf(store)];
  expect(rows[0]).toMatchObject({ level: 1, message: "m0" });
  expect(rows[1]).toMatchObject({ level: 3, message: "p0", timeMs: T, producer: "file:a" });
  const last = store.sessions.find(session, 9_000);
  expect(last && store.texts.line(last.block, last.index)).toContain('"message":"p8999"');
  expect(store.counts()).toMatchObject({ held: 9_003, errors: 9_000, malformed: 2 });
  for (const [seq, text] of [
    [9_001, '{"a":1}'],
    [9_002, "text"],
  ] as const) {
    const item = store.sessions.find(session, seq);
    expect(item?.block.columns().levels[item.index]).toBe(MALFORMED);
    expect(item && store.texts.line(item.block, item.index)).toBe(text);
  }
});

test("a file is forgotten, and nothing else", async () => {
  const store = await makeStore();
  const { channel } = openChannel(store, "live", { from: 0, next: 1 });
  channel.take(batchOf([[0, ownLine(1)]]), T + 10, true);
  const open = (producer: string) =>
    openFile(store, { file: new Blob([ownLine(0)]), producer, name: "same name" }, pause);
  await open("file:a");
  await open("file:a#2");
  expect(shown(store)).toEqual(["file:a 0", "file:a#2 0", "live 0"]);
  store.forget("file:a");
  expect(shown(store)).toEqual(["file:a#2 0", "live 0"]);
  expect(store.counts()).toMatchObject({ received: 3, held: 2, dropped: 0 });
  await open("file:a");
  expect(shown(store)).toEqual(["file:a#2 0", "file:a 0", "live 0"]);
});

test("a file that is forgotten is not read on", async () => {
  const store = await makeStore();
  const file = new Blob(Array.from({ length: 20_000 }, (_, number) => `${ownLine(number)}\n`));
  const forget = () => Promise.resolve(store.forget("file:a"));
  const { lines } = await openFile(store, { file, producer: "file:a", name: "a" }, forget);
  expect([lines > 0 && lines < 20_000, store.counts().held]).toEqual([true, 0]);
});
