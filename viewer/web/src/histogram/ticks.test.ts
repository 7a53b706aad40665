import { expect, it } from "vitest";
import { ticksOf } from "./ticks";

const START = Date.UTC(2026, 0, 31, 23, 58, 30);

it("has round times, no nearer than their labels are wide", () => {
  const ticks = ticksOf({ fromMs: START - 600_000, toMs: START }, "utc", 800);
  expect(ticks.map(({ label }) => label)).toEqual(["23:50", "23:52", "23:54", "23:56"]);
  const [first, second] = ticks;
  expect(((second?.share ?? 0) - (first?.share ?? 0)) * 800).toBeCloseTo(160);
});

it("says the day where it changes, and every day of a long time", () => {
  const over = ticksOf({ fromMs: START - 7_200_000, toMs: START + 7_200_000 }, "utc", 700);
  expect(over.map(({ label }) => label)).toEqual(["2026-01-31 23:00", "2026-02-01 00:00", "01:00"]);
  const month = ticksOf({ fromMs: START, toMs: START + 30 * 86_400_000 }, "utc", 700);
  expect(month.every(({ label }) => /^2026-02-\d\d$/.test(label))).toBe(true);
  expect(month.length).toBeGreaterThan(2);
});

it("is as fine as a millisecond, and empty where there is no time or no room", () => {
  expect(ticksOf({ fromMs: START, toMs: START + 5 }, "utc", 700)[0]?.label).toBe("23:58:30.001");
  expect(ticksOf({ fromMs: 0, toMs: 0 }, "utc", 700)).toEqual([]);
  expect(ticksOf({ fromMs: Number.NaN, toMs: Number.NaN }, "utc", 700)).toEqual([]);
  expect(ticksOf({ fromMs: START, toMs: START + 5_000 }, "utc", 0)).toEqual([]);
  expect(ticksOf({ fromMs: START, toMs: START + 5_000 }, "utc", 60)).toEqual([]);
});

it("leaves room in the middle", () => {
  const range = { fromMs: START - 600_000, toMs: START };
  const labels = (takenPx: number) => ticksOf(range, "utc", 800, takenPx).map(({ label }) => label);
  expect(labels(0)).toEqual(["23:50", "23:52", "23:54", "23:56"]);
  expect(labels(200)).toEqual(["23:50", "23:56"]);
  expect(labels(800)).toEqual([]);
});

it("never overlaps nor leaves the frame", () => {
  for (let round = 0; round < 500; round += 1) {
    const spanMs = 10 ** (1 + (round % 11)) * (1 + (round % 7));
    const width = 100 + ((round * 37) % 1_900);
    const ticks = ticksOf({ fromMs: START - spanMs, toMs: START }, round % 2 ? "utc" : "local", width);
    const edges = ticks.flatMap(({ share, label }) => {
      const half = (label.length * 6.2) / 2;
      return [share * width - half, share * width + half];
    });
    expect(edges, `${spanMs} ms at ${width} px: ${JSON.stringify(ticks)}`).toEqual(
      edges.toSorted((a, b) => a - b),
    );
    expect(edges.every((edge) => edge >= 0 && edge <= width)).toBe(true);
  }
});
