import { expect, it } from "vitest";
import { pathsOf } from "./paths";

it("stacks the levels, marks errors and gaps", () => {
  const { bars, gaps, errorMarks } = pathsOf(
    {
      fromMs: 0,
      bucketMs: 10,
      counts: Uint32Array.of(0, 10, 0, 0, 0, 0, 5, 0, 5, 0),
      gaps: [3],
      outside: [],
    },
    20,
    33,
  );
  expect(bars).toEqual(["", "M0 33V13H9V33ZM10 23V13H19V23Z", "", "M10 33V23H19V33Z", ""]);
  expect(gaps).toBe("M0 0H10V33H0Z");
  expect(errorMarks).toBe("M12 0H17L14.5 4Z");
});

it("never leaves the frame", () => {
  const counts = Uint32Array.of(1_000_000, 1, 1, 1, 1);
  const { bars } = pathsOf({ fromMs: 0, bucketMs: 10, counts, gaps: [], outside: [] }, 10, 33);
  const tops = bars.flatMap((path) =>
    [...path.matchAll(/V(\d+(?:\.\d+)?)/g)].map((match) => Number(match[1])),
  );
  expect(Math.min(...tops)).toBeGreaterThanOrEqual(5);
});
