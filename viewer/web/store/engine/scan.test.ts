import { beforeAll, describe, expect, test } from "vitest";
import { type Entry, levelOf, parseEntry } from "../../consumer/entry";
import { LEVELS, MALFORMED } from "../protocol";
import type { Engine, Scan } from "./engine";
import { bytesOf, LINES, loadTestEngine, makeRandom, randomBody, randomEntry } from "./engine.testing";
import { makeScriptEngine } from "./script";

let wasm: Engine;
const script = makeScriptEngine();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

beforeAll(async () => {
  wasm = await loadTestEngine();
});

/** A scan that outlives the next call. */
function kept(scan: Scan) {
  const { count, starts, ends, levels, times, targetStarts, targetEnds, traces } = scan;
  const columns = { starts, ends, levels, times, targetStarts, targetEnds, traces };
  return {
    count,
    ...Object.fromEntries(Object.entries(columns).map(([name, of]) => [name, Array.from(of)])),
  };
}

/** Scans with both engines, which agree. */
function scan(body: Uint8Array): Scan {
  const byScript = script.scan(body);
  expect(kept(wasm.scan(body))).toEqual(kept(byScript));
  return byScript;
}

/** FNV-1a, as it is defined. */
function hash(text: string): number {
  return bytesOf(text).reduce(
    (hash, byte) => Number((BigInt(hash ^ byte) * 16777619n) & 0xffffffffn),
    2166136261,
  );
}

/** The hash of the trace id; undefined if it has escapes, as which it is hashed. */
function traceOf(text: string, { span }: Entry): number | undefined {
  const id = span?.trace_id;
  if (typeof id !== "string") {
    return 0;
  }
  return text.includes(`"trace_id":"${id}"`) ? hash(id) : undefined;
}

/** As every writer of ours has it, and most others. */
const USUAL_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** What `parseEntry` reads in a line, where it is known; `found` otherwise. */
function expected(text: string, found: { time: number; trace: number | undefined }) {
  const entry = parseEntry(text);
  if (entry === undefined) {
    return { text, level: undefined, time: Number.NaN, target: "", trace: 0 };
  }
  const isNone = Number.isNaN(found.time) && !USUAL_TIME.test(entry.timestamp);
  return {
    text,
    level: levelOf(entry),
    time: isNone ? Number.NaN : new Date(entry.timestamp).getTime(),
    target: entry.target,
    trace: traceOf(text, entry) ?? found.trace,
  };
}

/** What a scan finds in each line is what `parseEntry` reads in it. */
function check(body: Uint8Array, scan: Scan) {
  const lines = decoder.decode(body).split("\n");
  if (lines.at(-1) === "") {
    lines.pop();
  }
  const found = Array.from(scan.starts, (start, index) => ({
    text: decoder.decode(body.subarray(start, scan.ends[index])),
    level: LEVELS[scan.levels[index] ?? MALFORMED],
    time: scan.times[index] ?? 0,
    target: JSON.parse(
      `"${decoder.decode(body.subarray(scan.targetStarts[index], scan.targetEnds[index]))}"`,
    ),
    trace: scan.traces[index],
  }));
  expect(found).toEqual(lines.map((line, index) => expected(line, found[index] ?? { time: 0, trace: 0 })));
}

test("an entry", () => {
  const body = bytesOf(
    '{"timestamp":"2024-01-01T12:00:00.123Z","level":"WARN","target":"a.b","message":"m","span":{"trace_id":"4bf9"}}\n',
  );
  const { count, starts, ends, levels, times, targetStarts, targetEnds, traces } = scan(body);
  expect([count, starts[0], ends[0], levels[0], times[0]]).toEqual([1, 0, body.length - 1, 2, 1704110400123]);
  expect(decoder.decode(body.slice(targetStarts[0], targetEnds[0]))).toBe("a.b");
  expect(traces[0]).toBe(hash("4bf9"));
});

test.each([
  ["", 0],
  ["\n", 1],
  ["\n\n", 2],
  ["x", 1],
  ["x\n", 1],
  ["x\n\ny", 3],
])("lines of %j", (text, count) => {
  expect(scan(bytesOf(text)).count).toBe(count);
});

describe("as parseEntry reads it", () => {
  test("each line alone", () => {
    for (const line of LINES) {
      const body = bytesOf(line);
      check(body, scan(body));
    }
  });

  test("all lines in one body", () => {
    const body = bytesOf(LINES.join("\n"));
    check(body, scan(body));
  });

  test("timestamps that browsers read", () => {
    const line = (timestamp: string) => JSON.stringify({ timestamp, level: "", target: "", message: "" });
    for (const timestamp of ["2024-02-29T23:59:59.123456789+05:30", "1969-12-31T23:59:59.999Z"]) {
      expect(scan(bytesOf(line(timestamp))).times[0]).toBe(new Date(timestamp).getTime());
    }
  });

  test("seeded entries", () => {
    const random = makeRandom(1);
    for (let round = 0; round < 60; round += 1) {
      const body = bytesOf(Array.from({ length: random(20) }, () => randomEntry(random)).join("\n"));
      const found = scan(body);
      expect(Array.from(found.levels)).not.toContain(MALFORMED);
      check(body, found);
    }
  });

  test("seeded rubbish", () => {
    const random = makeRandom(2);
    for (let round = 0; round < 1_000; round += 1) {
      const body = randomBody(random);
      check(body, scan(body));
    }
  });
});

test("a body within another, and one that lies in the memory of the engine", () => {
  const whole = bytesOf(`{"type":"batch"}\n${LINES[13]}\n${LINES[13]}`);
  const expected = kept(script.scan(whole.slice(17)));
  expect(kept(wasm.scan(whole.subarray(17)))).toEqual(expected);
  const { starts } = wasm.scan(whole);
  const inMemory = new Uint8Array(starts.buffer);
  const at = inMemory.findIndex((_, index) =>
    whole.every((byte, offset) => inMemory[index + offset] === byte),
  );
  expect(kept(wasm.scan(inMemory.subarray(at + 17, at + whole.length)))).toEqual(expected);
  expect(kept(wasm.scan(inMemory.subarray(at + 17, at + whole.length - 1)))).toEqual(
    kept(script.scan(whole.slice(17, -1))),
  );
});
