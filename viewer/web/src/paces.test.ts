import { expect, test } from "vitest";
import type { EntryRow } from "../store/protocol";
import { Delays, Rate } from "./paces";

test("the rate is that of the last seconds", () => {
  const rate = new Rate();
  for (let second = 0; second <= 10; second += 1) rate.sample(second * 500, second * 1_000);
  expect(rate.perSecond).toBe(500);
  for (let second = 11; second <= 15; second += 1) rate.sample(5_000, second * 1_000);
  expect(rate.perSecond).toBe(0);
  expect(rate.history.slice(-6)).toEqual([500, 0, 0, 0, 0, 0]);
});

function row(id: number, timeMs: number, arrivalMs: number): EntryRow {
  return {
    kind: "entry",
    id,
    producer: "api",
    seq: id,
    timeMs,
    arrivalMs,
    level: 1,
    levelName: "INFO",
    target: "a",
    message: "",
    fields: "",
    columns: [],
    traceId: undefined,
    isFetched: false,
  };
}

test("the delay is the median, of entries that came since the producer is there, each once", () => {
  const delays = new Delays();
  expect(delays.medianOf("api")).toBeUndefined();
  const rows = [
    row(1, 0, 50_000),
    row(2, 99_990, 100_000),
    row(3, 99_960, 100_001),
    row(4, Number.NaN, 100_002),
  ];
  delays.sample(rows, () => 90_000);
  delays.sample([...rows, row(5, 100_000, 100_020)], () => 90_000);
  expect(delays.medianOf("api")).toBe(20);
});
