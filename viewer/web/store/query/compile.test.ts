import { beforeAll, describe, expect, test } from "vitest";
import { readColours } from "../../src/ansi/read";
import type { Engine } from "../engine/engine";
import { bytesOf, loadTestEngine, makeRandom, randomCodes, randomEntry } from "../engine/engine.testing";
import { makeScriptEngine } from "../engine/script";
import type { LevelCode } from "../protocol";
import { hashTemplate, templateOf } from "../summary/template";
import { compile } from "./compile";
import type { MatchBlock } from "./matcher";
import { passes } from "./naive.testing";
import { parse } from "./parse";
import type { FieldTest, Query } from "./syntax";

const engines = { script: makeScriptEngine() as Engine, wasm: undefined as Engine | undefined };
const names = ["p1", "Shop"];

beforeAll(async () => {
  engines.wasm = await loadTestEngine();
});

function blockOf(lines: readonly string[], engine: Engine): MatchBlock {
  const body = bytesOf(lines.map((line) => `${line}\n`).join(""));
  const { count, levels, times, targetStarts, targetEnds, traces } = copied(engine, body);
  const decoder = new TextDecoder();
  return {
    count,
    producer: "p1",
    producerNames: ["Shop"],
    levels,
    traces,
    time: (index) => times[index] ?? Number.NaN,
    target: (index) =>
      String(JSON.parse(`"${decoder.decode(body.subarray(targetStarts[index], targetEnds[index]))}"`)),
    bytes: () => body.slice(),
  };
}

/** Takes the bytes away that it has searched, every other time: as memory that has grown does. */
function strict(engine: Engine): Engine {
  let searches = 0;
  return {
    name: engine.name,
    inflate: (data, maxBytes) => engine.inflate(data, maxBytes),
    scan: (body) => engine.scan(body),
    find: (body, needle) => {
      const hits = engine.find(body, needle).slice();
      searches += 1;
      if (searches % 2 === 0) {
        structuredClone(body.buffer, { transfer: [body.buffer as ArrayBuffer] });
      }
      return hits;
    },
  };
}

function copied(engine: Engine, body: Uint8Array) {
  const scan = engine.scan(body);
  return {
    count: scan.count,
    levels: scan.levels.slice(),
    times: scan.times.slice(),
    targetStarts: scan.targetStarts.slice(),
    targetEnds: scan.targetEnds.slice(),
    traces: scan.traces.slice(),
    starts: scan.starts.slice(),
    ends: scan.ends.slice(),
  };
}

function find(query: string, lines: readonly string[], engine: Engine = engines.script): number[] {
  const { query: tree, error } = parse(query);
  expect(error).toBeUndefined();
  return matched(tree, lines, engine);
}

function matched(query: Query, lines: readonly string[], engine: Engine): number[] {
  return Array.from(compile(query).match(blockOf(lines, engine), strict(engine)));
}

const entry = (rest: string, level = "INFO", message = "m") =>
  `{"timestamp":"2026-01-01T00:00:00Z","level":"${level}","target":"shop::db","message":"${message}"${rest === "" ? "" : `,${rest}`}}`;
const field = (json: string) => entry(`"fields":{"a":${json}}`);

describe.each(["script", "wasm"] as const)("by the engine %s", (name) => {
  const found = (query: string, lines: readonly string[]) =>
    find(query, lines, engines[name] ?? engines.script);

  test("what is shown, whatever terminal codes stand in it", () => {
    const red = "\\u001b[31mconnection\\u001b[0m refused";
    const lines = [
      entry("", "INFO", red),
      entry("", "INFO", "connection refused"),
      "raw \u001b[1mconnection\u001b[m refused",
      "raw connection refused",
      entry("", "INFO", "refused"),
      field(`"${red}"`),
    ];
    expect(found('"connection refused"', lines)).toEqual([0, 1, 2, 3, 5]);
    expect(found('-"connection refused"', lines)).toEqual([4]);
    expect(found("/connection re/", lines)).toEqual([0, 1, 2, 3, 5]);
    expect(found("/n ref|xyz/", lines)).toEqual([0, 1, 2, 3, 5]);
    expect(found('message:"connection refused"', lines)).toEqual([0, 1]);
    expect(found("a~/^conn.*refused$/", lines)).toEqual([5]);
    expect(found("31m", lines)).toEqual([]);
    expect(found("/\\x1b\\[31m/", lines)).toEqual([0, 5]);
    expect(found("a~/^\\u001b\\[31mconn/", lines)).toEqual([5]);
    expect(found("/\\x9b31m/", [...lines, "raw \u009b31mred", field('"\u009b31m"')])).toEqual([6, 7]);
  });

  test("what the list shows, whatever codes a text has", () => {
    const random = makeRandom(6);
    const literal = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
    for (let round = 0; round < 60; round += 1) {
      const texts = Array.from({ length: 6 }, () => `<${randomCodes(random).replaceAll("\n", "")}`);
      // Of entries, and of lines that are none.
      const lines = texts.map((text, index) =>
        index < 4 ? entry("", "INFO", JSON.stringify(text).slice(1, -1)) : text,
      );
      const shown = texts.map((text) =>
        readColours(text)
          .map((piece) => piece.text)
          .join(""),
      );
      for (const [index, text] of shown.entries()) {
        const expected = shown.flatMap((value, other) => (value.includes(text) ? [other] : []));
        const same = shown.flatMap((value, other) => (value === text ? [other] : []));
        const engine = engines[name] ?? engines.script;
        const run = (query: Query) => matched(query, lines, engine);
        expect([texts[index], run({ kind: "text", text })]).toEqual([texts[index], expected]);
        const source = literal(text);
        expect([source, run({ kind: "regex", source, flags: "" })]).toEqual([source, expected]);
        const matches: Query = {
          kind: "field",
          path: "message",
          test: { op: "matches", source: `^${source}$`, flags: "" },
        };
        expect([source, run(matches)]).toEqual([source, same]);
      }
    }
  });

  test.each<[query: string, value: string, isFound: boolean]>([
    ["a:9007199254740993", "9007199254740993", true],
    ["a:9007199254740993", "9007199254740992", false],
    ["a>9007199254740992", "9007199254740993", true],
    ["a>9007199254740993", "9007199254740993", false],
    ["a:1.1", "1.10", true],
    ["a:1.10", "1.1", true],
    ["a:200", "2e2", true],
    ["a:200", "200.00000000000000000001", false],
    ["a:200", "[200,1]", true],
    ["a>=200", "200.00000000000000000001", true],
    ["a<=200", "200.00000000000000000001", false],
    ["a<=200", "200", true],
    ["a:0", "1e-400", false],
    ["a>0", "1e-400", true],
    ["a:0", "-0", true],
    ["a>1e399", "1e400", true],
    ["a<1e400", "1e400", false],
    ["a>5", '"6"', true],
    ["a>5", '"x"', false],
    ["a>5", "true", false],
    ["a>5", "null", false],
    ['a>"b"', '"C"', true],
    ["a:*", "null", true],
    ["b:*", "1", false],
    ["-b:*", "1", true],
    ["a:null", "null", true],
    ["a:TRUE", "true", true],
    ["a:x", '"X"', true],
    ["a:x", '"xy"', false],
    ["a:x*", '"xy"', true],
    ["a:1*", "123", true],
    ["a:x\\*", '"x*"', true],
    ["a:x\\*", '"xy"', false],
    ['a:"x*"', '"x*"', true],
    ["a:x", '["y","x"]', true],
    ["a>5", "[1,9]", true],
    ["a.b:x", '{"b":"x"}', true],
    ["a:x", '{"x":"x"}', false],
    ["a~^1\\.10$", "1.10", true],
    ["a~^x", '"yx"', false],
    ["a:é", '"\\u00e9"', true],
    ["é", '"\\u00c9"', true],
    ["a/b", '"a\\/b"', true],
    ['"x\\"y"', '"x\\"y"', true],
    ["r", '"\\r"', false],
    ["1.10", "1.10", true],
    ["1.1", "1.10", true],
    ["1.100", "1.10", false],
    ["a", "1", false],
    ["fields", "1", false],
    ["1,2", "[1,2]", false],
    ["a=1", "1", true],
    ["a=1", '"and a=1."', true],
    ["a=1", "2", false],
    ["/^X$/i", '"x"', true],
    ["/^\\d$/", "7", true],
  ])("%s in %s: %s", (query, value, isFound) => {
    expect(found(query, [field(value)])).toEqual(isFound ? [0] : []);
  });

  test("a line that is no entry is found by its text", () => {
    const lines = ["panic: Out of memory", entry(""), '{"message":"out of memory"}'];
    expect(found('"OUT OF"', lines)).toEqual([0, 2]);
    expect(found("message:panic*", lines)).toEqual([0]);
    expect(found("/^panic/", lines)).toEqual([0]);
    expect(found("-panic", lines)).toEqual([1, 2]);
    expect(found("level:debug+", lines)).toEqual([1]);
    expect(found("target:*", lines)).toEqual([1]);
    expect(found("*", ["a*b", "ab"])).toEqual([0]);
  });

  test("levels, producers, traces and patterns", () => {
    const lines = [
      entry('"span":{"trace_id":"4BF9"}', "DEBUG", "took 5 ms"),
      entry('"fields":{"level_name":"FATAL"}', "ERROR", "took 17 ms"),
      entry('"span":{"trace_id":"4bf9"}', "WARN"),
    ];
    expect(found("level:warn+", lines)).toEqual([1, 2]);
    expect(found("level<error", lines)).toEqual([0, 2]);
    expect(found("level:fatal", lines)).toEqual([1]);
    expect(found("producer:sh*", lines)).toEqual([0, 1, 2]);
    expect(found("-producer:P1", lines)).toEqual([]);
    expect(found("trace:4bf9", lines)).toEqual([0, 2]);
    expect(found("trace:4b*", lines)).toEqual([0, 2]);
    expect(found(`pattern:${hashTemplate(templateOf("took 1 ms"))}`, lines)).toEqual([0, 1]);
    expect(found("target:SHOP*", lines)).toEqual([0, 1, 2]);
    expect(found("target:shop", lines)).toEqual([]);
  });
});

test("columns are enough for some queries", () => {
  const isByColumns = (text: string) => compile(parse(text).query).isByColumns;
  expect(["", "level:warn+ -target:a*", "producer:a or level:info"].map(isByColumns)).toEqual([
    true,
    true,
    true,
  ]);
  expect(["x", "level:warn+ x", "a:1", "trace:a", "pattern:1", "-(x)"].map(isByColumns)).not.toContain(true);
});

test("what columns decide needs no text", () => {
  const block = {
    ...blockOf([entry(""), entry("", "ERROR")], engines.script),
    text: () => expect.unreachable(),
  };
  expect(Array.from(compile(parse("level:error target:shop*").query).match(block, engines.script))).toEqual([
    1,
  ]);
  expect(Array.from(compile(parse("level:warn x").query).match(block, engines.script))).toEqual([]);
});

test("blocks are matched as entries are one by one", () => {
  const random = makeRandom(20_260_101);
  for (let round = 0; round < 300; round += 1) {
    const lines = Array.from({ length: 1 + random(30) }, () =>
      random(8) === 0
        ? (["plain text", "{", 'a "quote', "订单", "{}"][random(5)] ?? "")
        : randomEntry(random),
    );
    const query = randomQuery(random, lines, 0);
    const expected = lines.flatMap((line, index) =>
      passes(query, { line, producerNames: names }) ? [index] : [],
    );
    for (const engine of [engines.script, engines.wasm ?? engines.script]) {
      const block = blockOf(lines, engine);
      expect(
        Array.from(compile(query).match(block, strict(engine))),
        JSON.stringify({ query, lines }),
      ).toEqual(expected);
    }
  }
});

const TEXTS = [
  "a",
  "A",
  "ärger",
  "σας",
  "\n",
  "n",
  '"',
  "\\",
  "订",
  "😀",
  "/x",
  "line\nend",
  "\u001b[31m",
  "31m",
  "null",
  "-4",
  "1",
  "t",
  ", ",
];

function randomQuery(random: (limit: number) => number, lines: readonly string[], depth: number): Query {
  const text = () => TEXTS[random(TEXTS.length)] ?? "";
  const one = () => randomQuery(random, lines, depth + 1);
  switch (random(depth > 2 ? 8 : 11)) {
    case 0:
      return { kind: "level", level: random(4) as LevelCode, orMore: random(2) === 0 };
    case 1:
      return { kind: "target", pattern: ["*", "a", "*a*", "Ä*", "*\\\\*", "plain*TEXT"][random(6)] ?? "" };
    case 2:
      return { kind: "trace", id: ["a", "plain text", "aplain text"][random(3)] ?? "" };
    case 3:
      return random(3) === 0
        ? { kind: "producer", pattern: ["shop", "p*", "x"][random(3)] ?? "" }
        : { kind: "regex", source: ["^a", "\\d", "[äσ]", "\\n", "^$"][random(5)] ?? "", flags: "i" };
    case 4:
      return { kind: "pattern", hash: hashTemplate(templateOf(["a", "plain text", ""][random(3)] ?? "")) };
    case 5:
    case 6:
      return { kind: "text", text: text() };
    case 7:
      return {
        kind: "field",
        path: ["a", "message", "Ärger", "plain text", "span.id", "span", "timestamp"][random(7)] ?? "",
        test: randomTest(random, text),
      };
    case 8:
      return { kind: "not", part: one() };
    default:
      return { kind: random(2) === 0 ? "and" : "or", parts: Array.from({ length: 1 + random(3) }, one) };
  }
}

function randomTest(random: (limit: number) => number, text: () => string): FieldTest {
  switch (random(4)) {
    case 0:
      return {
        op: "is",
        pattern: ["*", "a", "a*", "*text*", "null", "ärger", "1*", "*\n*"][random(8)] ?? "",
      };
    case 1:
      return { op: "matches", source: ["^a", "\\d\\d", "x$"][random(3)] ?? "", flags: "" };
    default: {
      const op = ([">", ">=", "<", "<="] as const)[random(4)] ?? ">";
      return { op, value: random(2) === 0 ? String(random(200) - 100) : text() };
    }
  }
}
