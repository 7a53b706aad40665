import { expect, test } from "vitest";
import type { Received } from "../consumer";
import { Store } from "./store";

function received(message: string): Received {
  const entry = { timestamp: "2024-01-01T12:00:00.000Z", level: "INFO", target: "app", message };
  return { producer: "api", arrivalMs: 0, entry };
}

function messages(store: Store): string[] {
  return store.toArray().map(({ entry }) => entry.message);
}

test("an empty store holds nothing", () => {
  const store = new Store(3);
  expect([store.first, store.end, store.length, store.get(0), messages(store)]).toEqual([
    0,
    0,
    0,
    undefined,
    [],
  ]);
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])("after %d entries the newest three are held, in order", (count) => {
  const store = new Store(3);
  const all = Array.from({ length: count }, (_, number) => `m${number}`);
  store.push(all.map(received));
  expect(messages(store)).toEqual(all.slice(-3));
  expect(store.length).toBe(Math.min(count, 3));
  for (let number = -1; number <= count; number += 1) {
    expect(store.get(number)?.entry.message).toBe(number >= store.first ? all[number] : undefined);
  }
});
