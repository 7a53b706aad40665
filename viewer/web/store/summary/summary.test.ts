import { expect, test } from "vitest";
import type { EntryRow, FullEntry } from "../protocol";
import { CsvWriter } from "./csv";
import { FacetCounter, MAX_SAMPLE, samplePositions } from "./facets";
import { withProducer } from "./ndjson";
import { messageOf, PatternCounter } from "./patterns";
import { orderTrace } from "./trace";

const entry = (message: string, fields = "{}", level = "INFO") =>
  `{"timestamp":"2026-01-01T00:00:00Z","level":"${level}","target":"shop","message":${JSON.stringify(message)},"fields":${fields}}`;

test("levels, targets and producers are counted by their columns", () => {
  const counter = new FacetCounter();
  const targets = ["a", "b", "a", ""];
  const block = {
    producer: "p",
    levels: Uint8Array.of(0, 3, 3, 4),
    target: (index: number) => targets[index] ?? "",
  };
  counter.add(block, [0, 1, 2, 3]);
  counter.add({ ...block, producer: "q" }, [1]);
  counter.add({ ...block, producer: "none" }, []);
  expect(counter.result()).toEqual({
    levels: [1, 0, 0, 3, 1],
    targets: [
      { value: "a", count: 2 },
      { value: "b", count: 2 },
    ],
    producers: [
      { value: "p", count: 4 },
      { value: "q", count: 1 },
    ],
    fields: [],
    sampled: 0,
  });
});

test("fields are counted by value, with their own digits", () => {
  const counter = new FacetCounter();
  counter.sample(
    entry("m", '{"user":"ann","n":1.10,"http":{"status":200},"code.line":5,"tags":["x","y"],"o":{}}'),
  );
  counter.sample(entry("m", `{"user":"bob","n":1.10,"long":"${"x".repeat(300)}"}`));
  counter.sample(entry("m", '{"user":"bob"}'));
  counter.sample("no entry");
  const { fields, sampled } = counter.result();
  expect(sampled).toBe(4);
  expect(
    Object.fromEntries(
      fields.map(({ name, values }) => [name, values.map(({ value, count }) => `${value} ${count}`)]),
    ),
  ).toEqual({
    user: ["bob 2", "ann 1"],
    n: ["1.10 2"],
    tags: ["x 1", "y 1"],
    "http.status": ["200 1"],
  });
});

test("at most 50 fields and 10 values of each, the most frequent", () => {
  const counter = new FacetCounter();
  for (let round = 0; round < 60; round += 1) {
    counter.sample(entry("m", `{"all":"${round % 20}","f${round}":1}`));
  }
  const { fields } = counter.result();
  expect(fields).toHaveLength(50);
  expect(fields[0]?.name).toBe("all");
  expect(fields[0]?.values).toHaveLength(10);
});

test("fields whose values are all distinct come last", () => {
  const counter = new FacetCounter();
  for (let round = 0; round < 12; round += 1) {
    counter.sample(
      entry("m", `{"id":"${round}","kind":"${round % 11}"${round < 3 ? `,"few":${round}` : ""}}`),
    );
  }
  const { fields } = counter.result();
  expect(fields.map(({ name, distinct, isDistinct }) => [name, distinct, isDistinct])).toEqual([
    ["kind", 11, false],
    ["few", 3, false],
    ["id", 12, true],
  ]);
});

test.each([0, 1, MAX_SAMPLE, MAX_SAMPLE + 1, 10_000_000])("a sample of %i", (total) => {
  const positions = samplePositions(total);
  expect(positions.length).toBeLessThanOrEqual(Math.min(total, MAX_SAMPLE));
  expect(positions.length).toBeGreaterThanOrEqual(Math.min(total, 1_900));
  expect(new Set(positions).size).toBe(positions.length);
  expect(positions.every((position) => position >= 0 && position < total)).toBe(true);
  expect(positions.at(-1)).toBe(total === 0 ? undefined : total - 1);
});

test("messages of one template are a pattern", () => {
  const counter = new PatternCounter(0, 2_400);
  counter.add({ id: 1, level: 1, timeMs: 0, message: "took 5 ms" });
  counter.add({ id: 2, level: 3, timeMs: 2_400, message: "took 17 ms" });
  counter.add({ id: 3, level: 0, timeMs: Number.NaN, message: "took 1 ms" });
  counter.add({ id: 4, level: 1, timeMs: 100, message: "ready" });
  counter.add({ id: 5, level: 4, timeMs: 100, message: "malformed" });
  const [took, ready] = counter.result();
  expect(took).toMatchObject({ template: "took ‹n› ms", count: 3, levels: [1, 1, 0, 1], sample: 3 });
  expect(took?.graph).toHaveLength(24);
  expect([took?.graph[0], took?.graph[23]]).toEqual([1, 1]);
  expect(ready?.graph[1]).toBe(1);
  expect(counter.result()).toHaveLength(2);
});

test("a message is read from its line", () => {
  expect(messageOf(entry("a\nb"))).toBe("a\nb");
  expect(["plain", "null", '{"message":5}'].map(messageOf)).toEqual(["plain", "null", '{"message":5}']);
});

test("a trace is in the order of time", () => {
  const full = (id: number, timeMs: number) => ({ row: { id, timeMs } as EntryRow }) as FullEntry;
  const ordered = orderTrace([full(1, 5), full(2, Number.NaN), full(4, 3), full(3, 3)]);
  expect(ordered.map(({ row }) => row.id)).toEqual([3, 4, 1, 2]);
  expect(orderTrace(Array.from({ length: 3_000 }, (_, id) => full(id, id)))).toHaveLength(2_000);
});

test("CSV as RFC 4180 has it", () => {
  const lines = [
    entry('a "b", c', '{"user":"ann","n":1.10,"message":"own"}'),
    entry("two\nlines", '{"o":{"a":[1.0]}}', "ERROR"),
    "not, an entry",
  ];
  const csv = new CsvWriter();
  for (const line of lines) {
    csv.learn(line);
  }
  expect(csv.header() + lines.map((line) => csv.row("p", line)).join("")).toBe(
    "\ufefftime,level,producer,target,message,user,n,fields.message,o\r\n" +
      '2026-01-01T00:00:00Z,INFO,p,shop,"a ""b"", c",ann,1.10,own,\r\n' +
      '2026-01-01T00:00:00Z,ERROR,p,shop,"two\nlines",,,,"{""a"":[1.0]}"\r\n' +
      ',,p,,"not, an entry",,,,\r\n',
  );
});

test("what a span has are columns of their own", () => {
  const csv = new CsvWriter();
  const line = entry("m", '{"span.id":7,"x":1}').replace(/}$/, ',"span":{"id":"s","trace_id":"t"}}');
  csv.learn(entry("m"));
  csv.learn(line);
  expect(csv.header() + csv.row("p", entry("m")) + csv.row("p", line)).toBe(
    "\ufefftime,level,producer,target,message,span.id,span.trace_id,fields.span.id,x\r\n" +
      "2026-01-01T00:00:00Z,INFO,p,shop,m,,,,\r\n" +
      "2026-01-01T00:00:00Z,INFO,p,shop,m,s,t,7,1\r\n",
  );
});

test("a line of NDJSON has its producer, and stays as it was sent otherwise", () => {
  const big = entry("m", '{"n":9007199254740993, "a":1.50}');
  expect(withProducer(big, 'the "api"')).toBe(big.replace(/}$/, ',"producer":"the \\"api\\""}'));
  const own = entry("m").replace(/}$/, ',"producer":"own"}');
  for (const line of ["no entry", "{}", own]) {
    expect(withProducer(line, "p")).toBe(line);
  }
});

test.each([
  ["=1+1", "'=1+1"],
  ["+x", "'+x"],
  ["-x", "'-x"],
  ["@x", "'@x"],
  ["\t=1", "'\t=1"],
  ["-5", "-5"],
  ["-1.5e3", "-1.5e3"],
  ['=HYPERLINK("x")', '"\'=HYPERLINK(""x"")"'],
])("a spreadsheet does not run %s", (message, cell) => {
  expect(new CsvWriter().row("p", entry(message)).split(",shop,")[1]).toBe(`${cell}\r\n`);
});

test("very many fields are one column", () => {
  const csv = new CsvWriter();
  for (let round = 0; round < 200; round += 1) {
    csv.learn(entry("m", `{"f${round}":1}`));
  }
  expect(csv.header()).toBe("\ufefftime,level,producer,target,message,fields\r\n");
  expect(csv.row("p", entry("m", '{"a":9007199254740993}'))).toContain('"{""a"":9007199254740993}"');
});
