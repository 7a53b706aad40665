import { expect, it } from "vitest";
import type { EntryRow } from "../../store/protocol";
import type { Model } from "../model";
import { bringAround, rangeAround } from "./around";

it("reaches further with each request", () => {
  expect(rangeAround(5_000, 0)).toEqual({ first: 4_000, last: 6_000 });
  expect(rangeAround(5_000, 1)).toEqual({ first: 1_000, last: 9_000 });
  expect(rangeAround(5_000, 2)).toEqual({ first: 0, last: 21_000 });
  expect(rangeAround(2 ** 53 - 1, 0).last).toBe(2 ** 53 - 1);
});

it("counts what was not here", async () => {
  const asked: unknown[] = [];
  let added = 7;
  const parts = {
    store: { addedOf: () => added },
    consumer: {
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
  expect(asked).toEqual([{ producer: "p", first: 4_000, last: 6_000, level: "DEBUG" }]);
});
