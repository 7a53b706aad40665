import { describe, expect, test } from "vitest";
import { type Batch, parseFrame, parseWelcome } from "./frames";
import { entry, line } from "./frames.testing";

function batchText(header: object, ...lines: string[]): string {
  return [JSON.stringify({ type: "batch", ...header }), ...lines].join("\n");
}

function numbersOf(text: string): number[] | undefined {
  const frame = parseFrame(text) as Batch | undefined;
  return frame?.lines.map(({ seq }) => seq);
}

describe("batch", () => {
  test("each line is an entry with its number", () => {
    const text = batchText({ first: 7, last: 8, count: 2 }, line(7), line(8));
    const expected = {
      type: "batch",
      first: 7,
      last: 8,
      lines: [7, 8].map((seq) => ({ seq, entry: entry(seq) })),
    };
    expect(parseFrame(text)).toEqual(expected);
    expect(parseFrame(`${text}\n`)).toEqual(expected);
  });

  test("what a filter left out has its place", () => {
    const lines = [line(0), line(1), line(2)];
    const holes = (value: unknown, last: number) =>
      batchText({ first: 10, last, count: 3, holes: value }, ...lines);
    expect(numbersOf(holes([[0, 2]], 14))).toEqual([12, 13, 14]);
    expect(
      numbersOf(
        holes(
          [
            [1, 5],
            [2, 1],
          ],
          18,
        ),
      ),
    ).toEqual([10, 16, 18]);
    expect(numbersOf(holes([[2, 90]], 200))).toEqual([10, 11, 102]);
    expect(numbersOf(holes([[3, 90]], 102))).toEqual([10, 11, 12]);
    expect(numbersOf(batchText({ first: 5, last: 900, count: 0 }))).toEqual([]);
    expect(numbersOf(batchText({ first: 5, last: 900, count: 0, holes: [[0, 896]] }))).toEqual([]);
  });

  test("a line that is no entry keeps its number", () => {
    const frame = parseFrame(batchText({ first: 0, last: 2, count: 3 }, line(0), "{", line(2)));
    expect(frame).toMatchObject({ lines: [{ seq: 0 }, { seq: 1, entry: undefined }, { seq: 2 }] });
  });

  test.each([
    batchText({ first: 0, last: 1, count: 3 }, line(0), line(1)),
    batchText({ first: 0, last: 0, count: 2 }, line(0), line(1)),
    batchText({ first: 1, last: 0, count: 0 }),
    batchText({ first: -1, last: 0, count: 1 }, line(0)),
    batchText({ first: 0, last: 2 ** 53, count: 1 }, line(0)),
    batchText({ first: 0.5, last: 1, count: 1 }, line(0)),
    batchText({ first: 0, last: 0 }, line(0)),
    batchText({ first: 0, last: 1, count: 1, holes: 1 }, line(0)),
    batchText({ first: 0, last: 1, count: 1, holes: [[0]] }, line(0)),
    batchText({ first: 0, last: 1, count: 1, holes: [[0, -1]] }, line(0)),
    batchText({ first: 0, last: 1, count: 1, holes: [[5, 1]] }, line(0)),
    batchText(
      {
        first: 0,
        last: 5,
        count: 1,
        holes: [
          [0, 9_007_199_254_740_991],
          [0, 9_007_199_254_740_991],
        ],
      },
      line(0),
    ),
  ])("%.90j is malformed", (text) => {
    expect(parseFrame(text)).toBeUndefined();
  });
});

test.each([
  { type: "gap", first: 3, last: 9, reason: "overflow" },
  { type: "gap", first: 3, last: 3, reason: "refused" },
  { type: "gap", first: 3, last: 3, reason: "oversize" },
  { type: "filter", id: 4, first: 100 },
  { type: "fetch", id: 4 },
  { type: "fetched", id: 4, next: 100, missing: 0 },
  { type: "error", id: 4, message: "filter: no" },
  { type: "pong", id: 4 },
])("%j is read as it is", (message) => {
  expect(parseFrame(JSON.stringify(message))).toEqual(message);
  expect(parseFrame(JSON.stringify({ ...message, more: 1 }))).toEqual(message);
});

test("the counts of a producer are read", () => {
  const status = { accepted: 10, refused: 1, filtered: 2, oldest: 3, next: 11, consumers: 1 };
  expect(parseFrame(JSON.stringify({ type: "status", ...status, more: 1 }))).toEqual({
    type: "status",
    status,
  });
  expect(parseFrame(JSON.stringify({ type: "status", ...status, next: "11" }))).toBeUndefined();
});

test("later versions may send more", () => {
  expect(parseFrame('{"type":"hint","x":1}')).toEqual({ type: "other" });
  expect(parseFrame('{"type":"gap","first":3,"last":9,"reason":"storm"}')).toMatchObject({
    reason: "unknown",
  });
  expect(parseFrame('{"type":"error","message":"no"}')).toEqual({
    type: "error",
    id: undefined,
    message: "no",
  });
});

test.each([
  "",
  "{",
  "7",
  "null",
  "[]",
  "{}",
  line(0),
  '{"type":7}',
  '{"type":"gap","first":9,"last":3,"reason":"overflow"}',
  '{"type":"gap","first":"1","last":3}',
  '{"type":"filter","id":1}',
  '{"type":"fetched","id":1,"next":2}',
  '{"type":"pong"}',
  '{"type":"pong","id":1}\n{}',
  "[".repeat(200_000),
])("%.60j is malformed", (text) => {
  expect(parseFrame(text)).toBeUndefined();
});

describe("welcome", () => {
  const WELCOME = {
    type: "welcome",
    version: 1,
    session: "s",
    client_id: "api",
    metadata: {},
    oldest: 200,
    from: 1_235,
  };

  test("is read", () => {
    const text = JSON.stringify({ ...WELCOME, next: 987_000, resumed: true, hello: {} });
    expect(parseWelcome(text)).toEqual({
      session: "s",
      oldest: 200,
      from: 1_235,
      next: 987_000,
      resumed: true,
    });
  });

  test.each([
    line(0),
    "{",
    JSON.stringify(WELCOME),
    JSON.stringify({ ...WELCOME, next: 1, version: 2 }),
    JSON.stringify({ ...WELCOME, next: -1 }),
    JSON.stringify({ ...WELCOME, next: 1, session: 7 }),
  ])("%.60j is none", (text) => {
    expect(parseWelcome(text)).toBeUndefined();
  });
});
