import { describe, expect, it } from "vitest";
import { delay, fullTime } from "./time";

describe("fullTime", () => {
  it("says the zone", () => {
    const ms = Date.UTC(2026, 0, 31, 13, 3, 7, 412);
    expect(fullTime(ms, "utc")).toBe("2026-01-31 13:03:07.412 UTC");
    expect(fullTime(ms, "local")).toMatch(/^2026-0\d-\d\d \d\d:\d3:07\.412 [+−]\d\d:\d\d$/);
  });

  it("keeps digits that a Date has no room for", () => {
    const sent = "2026-01-31T13:03:07.412003400Z";
    expect(fullTime(Date.parse(sent), "utc", sent)).toBe("2026-01-31 13:03:07.412003400 UTC");
  });

  it("returns undefined for no time", () => {
    expect(fullTime(Number.NaN, "local")).toBeUndefined();
    expect(fullTime(8.64e15 + 1, "utc")).toBeUndefined();
  });
});

describe("delay", () => {
  it("has a sign", () => {
    expect(delay(38, (ms) => `${ms} ms`)).toBe("+38 ms");
    expect(delay(-2, (ms) => `${ms} ms`)).toBe("−2 ms");
  });
});
