import { expect, test } from "vitest";
import type { Gap, Received } from "../consumer";
import { type Item, isGap, Store } from "./store";

function received(message: string): Received {
  const entry = { timestamp: "2024-01-01T12:00:00.000Z", level: "INFO", target: "app", message };
  return { producer: "api", arrivalMs: 0, seq: undefined, entry };
}

function messageOf(item: Item | undefined): string | undefined {
  return item === undefined || isGap(item) ? undefined : item.entry.message;
}

function messages(store: Store): (string | undefined)[] {
  return store.toArray().map(messageOf);
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
    expect(messageOf(store.get(number))).toBe(number >= store.first ? all[number] : undefined);
  }
});

test("gaps take rows, and are counted apart from entries", () => {
  const store = new Store(3);
  const gap: Gap = { producer: "api", first: 1, last: 12, reason: "overflow" };
  store.push([received("m0"), gap, received("m13"), { ...gap, first: 14, last: 14 }]);
  expect(store.toArray().map(isGap)).toEqual([true, false, true]);
  expect([store.end, store.received, store.lost]).toEqual([4, 2, 13]);
});
