import { expect, it } from "vitest";
import type { EntryRow } from "../../store/protocol";
import type { Model } from "../model";
import { bringAround, rangeAround } from "./around";

it("reaches further with each request", () => {
  expect(rangeAround(5_000, 0, 100_000)).toEqual({ first: 4_000, last: 6_000 });
  expect(rangeAround(5_000, 1, 100_000)).toEqual({ first: 1_000, last: 9_000 });
  expect(rangeAround(5_000, 2, 100_000)).toEqual({ first: 0, last: 21_000 });
  expect(rangeAround(2 ** 53 - 2, 0, 2 ** 53 - 1).last).toBe(2 ** 53 - 2);
  expect(rangeAround(5_000, 0, 5_200), "what is logged meanwhile is not asked for").toEqual({
    first: 4_000,
    last: 5_199,
  });
  expect(rangeAround(5_000, 0, 0), "the entry itself, whatever is known").toEqual({
    first: 4_000,
    last: 5_000,
  });
});

it("counts what was not here", async () => {
  const asked: unknown[] = [];
  let added = 7;
  const parts = {
    store: { addedOf: () => added },
    producers: { value: [{ id: "p", session: "s" }] },
    consumer: {
      places: () => ({ s: 5_500 }),
      async *fetch(producer: string, range: object) {
        asked.push({ producer, ...range });
        for (const count of [2, 3]) {
          added += count;
          yield { entries: [], missing: 0 };
        }
      },
    },
  };
  const row = { producer: "p", seq: 5_000 } as EntryRow;
  expect(await bringAround(parts as unknown as Model, row, 0)).toBe(5);
  expect(asked).toEqual([{ producer: "p", first: 4_000, last: 5_499, level: "DEBUG" }]);
});
