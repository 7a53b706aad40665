import { describe, expect, it } from "vitest";
import type { EntryRow, FullEntry } from "../../store/protocol";
import { formatDuration, parseDuration } from "./duration";
import { layOut, share } from "./waterfall";

let nextId = 0;

function entry(timeMs: number, message: string, span: object, fields: object = {}): FullEntry {
  nextId += 1;
  const row: EntryRow = {
    kind: "entry",
    id: nextId,
    producer: "p",
    seq: nextId,
    timeMs,
    arrivalMs: timeMs,
    level: 1,
    levelName: "INFO",
    target: "t",
    message,
    fields: "",
    columns: [],
    traceId: "x",
    isFetched: false,
  };
  return { row, json: JSON.stringify({ message, fields, span }), session: undefined, position: undefined };
}

const outline = (entries: FullEntry[]) =>
  layOut(entries).bars.map(
    ({ depth, label, startMs, endMs, kind, isOrphan }) =>
      `${"-".repeat(depth)}${label} ${startMs}..${endMs} ${kind}${isOrphan ? " orphan" : ""}`,
  );

describe("layOut", () => {
  it("puts spans below their parents, by time", () => {
    expect(
      outline([
        entry(1_050, "query", { id: "b", parent_id: "a" }, { duration_ms: 40 }),
        entry(1_020, "a step", { id: "a" }),
        entry(1_100, "request", { id: "a" }, { duration_ms: 100 }),
        entry(1_090, "render", { id: "c", parent_id: "a" }, { elapsed: "30ms" }),
      ]),
    ).toEqual([
      "request 1000..1100 span",
      "-query 1010..1050 span",
      "-a step 1020..1020 entry",
      "-render 1060..1090 span",
    ]);
  });

  it("draws a span as long as it says it was", () => {
    const entries = [
      entry(900, "queued", { id: "a" }),
      entry(1_000, "done", { id: "a" }, { duration_ms: 35 }),
    ];
    expect(outline(entries)).toEqual(["done 965..1000 span", "-queued 900..900 entry"]);
    expect(layOut(entries)).toMatchObject({ startMs: 900, endMs: 1_000 });
  });

  it("keeps orphans, circles and entries without a span", () => {
    expect(
      outline([
        entry(1, "orphan", { id: "b", parent_id: "gone" }),
        entry(2, "one", { id: "c", parent_id: "d" }),
        entry(3, "two", { id: "d", parent_id: "c" }),
        entry(4, "self", { id: "e", parent_id: "e" }),
        entry(5, "none", {}),
        entry(6, "below", { id: "f", parent_id: "c" }),
      ]),
    ).toEqual([
      "orphan 1..1 span orphan",
      "one 2..2 span",
      "-below 6..6 span",
      "two 3..3 span",
      "self 4..4 span",
      "none 5..5 entry",
    ]);
  });

  it("shows entries whose time cannot be read at the start", () => {
    const waterfall = layOut([entry(10, "a", {}), entry(Number.NaN, "b", {})]);
    expect(waterfall).toMatchObject({ startMs: 10, endMs: 10, untimed: 1 });
    expect(layOut([])).toMatchObject({ bars: [], startMs: 0, endMs: 0 });
    expect(layOut([entry(Number.NaN, "b", {})]).bars).toHaveLength(1);
  });

  it("takes 2 000 entries, all below one another", () => {
    const chain = Array.from({ length: 2_000 }, (_, index) =>
      entry(index, `m${index}`, { id: `s${index}`, parent_id: `s${index - 1}` }),
    );
    expect(layOut(chain).bars.at(-1)).toMatchObject({ depth: 1_999, label: "m1999" });
  });
});

describe("share", () => {
  it("is between 0 and 1", () => {
    expect(share({ startMs: 10, endMs: 20 }, 15)).toBe(0.5);
    expect(share({ startMs: 10, endMs: 10 }, 10)).toBe(0);
    expect(share({ startMs: 10, endMs: 20 }, 30)).toBe(1);
  });
});

describe("durations", () => {
  it("are read with their units", () => {
    expect(parseDuration("12", 1)).toBe(12);
    expect(parseDuration("12", undefined)).toBeUndefined();
    expect(parseDuration("1.5s", undefined)).toBe(1_500);
    expect(parseDuration("250µs", undefined)).toBe(0.25);
    expect(parseDuration("soon", 1)).toBeUndefined();
    expect(parseDuration("3 parsecs", 1)).toBeUndefined();
  });

  it("are written with three digits or so", () => {
    expect([0, 0.25, 12.34, 250.4, 4_567, 125_000, 7_260_000].map(formatDuration)).toEqual([
      "0 ms",
      "250 µs",
      "12.3 ms",
      "250 ms",
      "4.57 s",
      "2 min 5 s",
      "2 h 1 min",
    ]);
  });
});
