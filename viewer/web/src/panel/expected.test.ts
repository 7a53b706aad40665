import { expect, test } from "vitest";
import type { FullEntry, StoreClient } from "../../store/protocol";
import { expectEntry, takeEntry } from "./expected";

function makeStore() {
  const asked: unknown[] = [];
  const store: StoreClient = {
    ask: (_, value) => {
      asked.push(value);
      return Promise.resolve({ id: value } as never);
    },
    on: () => () => {},
    addedOf: () => 0,
  };
  return { store, asked };
}

test("what was pressed is asked for once, and taken once", async () => {
  const { store, asked } = makeStore();
  expectEntry(store, 7);
  const entry: FullEntry | undefined = await takeEntry(store, 7);
  expect(entry).toMatchObject({ id: 7 });
  expect(asked).toEqual([7]);
  await takeEntry(store, 7);
  expect(asked).toEqual([7, 7]);
});

test("another entry than the one that was pressed is asked for", async () => {
  const { store, asked } = makeStore();
  expectEntry(store, 7);
  expect(await takeEntry(store, 8)).toMatchObject({ id: 8 });
  expect(await takeEntry(store, 7)).toMatchObject({ id: 7 });
  expect(asked).toEqual([7, 8, 7]);
});
