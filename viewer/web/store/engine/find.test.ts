import { beforeAll, describe, expect, test } from "vitest";
import { parseEntry } from "../../consumer/entry";
import { readColours } from "../../src/ansi/read";
import { namesEscape, shownText } from "../query/shown";
import type { Engine, Needle } from "./engine";
import {
  bytesOf,
  LINES,
  loadTestEngine,
  makeRandom,
  randomBody,
  randomCodes,
  randomEntry,
  toAscii,
} from "./engine.testing";
import { makeScriptEngine } from "./script";

let wasm: Engine;
const script = makeScriptEngine();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

beforeAll(async () => {
  wasm = await loadTestEngine();
});

/** Searches with both engines, which agree. */
function find(body: Uint8Array, needle: Needle): number[] {
  const hits = Array.from(script.find(body, needle));
  expect({ needle, hits: Array.from(wasm.find(body, needle)) }).toEqual({
    needle,
    hits,
  });
  return hits;
}

/** An entry for each message. */
function bodyOf(...messages: string[]): Uint8Array {
  const line = (message: string) =>
    JSON.stringify({ timestamp: "2024-01-01T12:00:00Z", level: "INFO", target: "app", message });
  return bytesOf(messages.map(line).join("\n"));
}

function hits(messages: string[], text: string, ignoresCase = true): number[] {
  return find(bodyOf(...messages), { text, ignoresCase });
}

test("the lines that have it, each once", () => {
  expect(hits(["slow query", "fast", "slow, slow query", "query"], "slow")).toEqual([0, 2]);
  expect(hits(["a", "b"], "c")).toEqual([]);
  expect(hits(["a", "b"], "")).toEqual([0, 1]);
  expect(find(bytesOf(""), { text: "a", ignoresCase: true })).toEqual([]);
});

test("case, where it is ignored", () => {
  expect(hits(["Slow", "sLOW", "slow"], "SLOW")).toEqual([0, 1, 2]);
  expect(hits(["Slow", "SLOW", "slow"], "SLOW", false)).toEqual([1]);
  expect(hits(["ÄRGER", "ärger", "ÁRGER"], "Ärger")).toEqual([0, 1]);
  expect(hits(["ЗАПРОС", "запрос", "вопрос"], "Запрос")).toEqual([0, 1]);
  expect(hits(["ΣΊΣΥΦΟΣ", "σίσυφος", "Σίσυφος"], "σίσυφος")).toEqual([0, 1, 2]);
  expect(hits(["ẤP", "ấp", "Ｆｕｌｌ ấp", "ԱՐԵՒ"], "ấp")).toEqual([0, 1, 2]);
  expect(hits(["ÄRGER", "ärger"], "ärger", false)).toEqual([1]);
  expect(hits(["STRASSE", "straße", "STRAẞE"], "straße")).toEqual([1]);
  expect(hits(["订单", "訂單"], "订单")).toEqual([0]);
});

test("what is escaped, however it is", () => {
  expect(hits(['say "hi"', "say hi"], '"hi"')).toEqual([0]);
  expect(hits(["C:\\users\\new", "C:/users"], "\\u")).toEqual([0]);
  expect(hits(["line\nend", "linend", "\\nend"], "\nend")).toEqual([0]);
  expect(hits(["line\nend"], "nend")).toEqual([]);
  expect(hits(["\u001b[31mred", "[31m"], "\u001b[31M")).toEqual([0]);
  expect(hits(["\u001b[31mred"], "1b[31m")).toEqual([]);
  const escaped = String.raw`a\u00c4b \ud83d\ude00 \/x \u0041B \u000a.`;
  const body = bytesOf(
    `{"timestamp":"","level":"","target":"","message":"${escaped}"}\n{"timestamp":"","level":"","target":"","message":"aÄb 😀 /x AB \\n."}`,
  );
  for (const text of ["aäb", "😀", " /X", "ab", "\n.", "b 😀 /", "Ab \n"]) {
    expect(find(body, { text, ignoresCase: true })).toEqual([0, 1]);
  }
  for (const text of ["u00", "d83d", "000a", "\\"]) {
    expect(find(body, { text, ignoresCase: true })).toEqual([]);
  }
});

test("what is shown, whatever terminal codes stand in it", () => {
  const red = "\u001b[31mconnection\u001b[0m refused";
  const grep = "a \u001b[01;31m\u001b[KRe\u001b[m\u001b[Kfused b";
  expect(hits([red, "connection refused", grep, "connection"], "connection refused")).toEqual([0, 1]);
  expect(hits([red, grep, "re\u001b[fused", "re\u001bfused"], "refused")).toEqual([0, 1]);
  expect(hits([red, grep, "re\u001b[fused", "re\u001bfused"], "reused")).toEqual([2, 3]);
  expect(hits([red, "31m [0m"], "31m")).toEqual([1]);
  expect(hits(["a\u001b[", "a\u001b[31", "a\u001b[3\u00e9"], "a\u00e9")).toEqual([2]);
  const upper = `{"timestamp":"","level":"","target":"","message":"re\\u001B[1mfused"}`;
  expect(find(bytesOf(upper), { text: "refused", ignoresCase: true })).toEqual([0]);
  const reset = "connection\u001b(B\u001b[m refused";
  const link = "\u001b]8;;https://a.example\u001b\\connection\u001b]8;;\u0007 refused";
  const short = "connec\u009b1mtion refused";
  expect(hits([reset, link, short, "connection"], "connection refused")).toEqual([0, 1, 2]);
  expect(hits([link, short], "example")).toEqual([]);
  expect(hits([short, "1m"], "\u009b1M")).toEqual([0]);
});

test("what is found is what the list shows, whatever codes a text has", () => {
  const random = makeRandom(5);
  for (let round = 0; round < 100; round += 1) {
    const texts = Array.from({ length: 8 }, () => `<${randomCodes(random)}`);
    const shown = texts.map((text) =>
      readColours(text)
        .map((piece) => piece.text)
        .join(""),
    );
    const line = (message: string) => JSON.stringify({ timestamp: "", level: "", target: "", message });
    const lines = texts.map((text) => {
      const writings = [line(text), toAscii(line(text), "lower"), toAscii(line(text), "upper")];
      return writings[random(3)] ?? "";
    });
    const body = bytesOf(lines.join("\n"));
    // Of what was sent, too: what is left out is not found.
    const parts = texts.flatMap((text) =>
      Array.from(text, (_, at) =>
        Array.from(text)
          .slice(at, at + 2 + random(2))
          .join(""),
      ),
    );
    for (const text of new Set([...shown, ...parts.filter((part) => !namesEscape(part))])) {
      const expected = shown.flatMap((value, index) => (value.includes(text) ? [index] : []));
      expect([texts, text, find(body, { text, ignoresCase: false })]).toEqual([texts, text, expected]);
    }
  }
});

test("values, not keys or punctuation", () => {
  const body = bytesOf(
    [
      '{"timestamp":"","level":"","target":"","message":"","fields":{"status":200,"nested":[{"status":"x"}]}}',
      '{"timestamp":"","level":"","target":"","message":"status","fields":{"ok":true,"of":[1,2]}}',
    ].join("\n"),
  );
  const found = (text: string) => find(body, { text, ignoresCase: true });
  expect(found("status")).toEqual([1]);
  expect(found("timestamp")).toEqual([]);
  expect(found("200")).toEqual([0]);
  expect(found("TRUE")).toEqual([1]);
  expect(found("1,2")).toEqual([]);
  expect(found(":")).toEqual([]);
  expect(found('"x"')).toEqual([]);
});

test("a line that is no entry is plain text", () => {
  const body = bytesOf(
    'panic: "status" of\n{"timestamp":"","level":"","target":"","message":"status"}\n{"status":1}\n\n',
  );
  const found = (text: string) => find(body, { text, ignoresCase: true });
  expect(found("Status")).toEqual([0, 1, 2]);
  expect(found('"status"')).toEqual([0, 2]);
  expect(found("")).toEqual([0, 1, 2, 3]);
});

describe("as a search of the parsed values", () => {
  function texts(value: unknown): string[] {
    return typeof value === "object" && value !== null
      ? Object.values(value).flatMap(texts)
      : [typeof value === "string" ? value : JSON.stringify(value)];
  }

  function expected(body: Uint8Array, { text, ignoresCase }: Needle): number[] {
    // Each character alone: a sigma has another form at the end of a word.
    const one = (character: string) => character.toUpperCase().toLowerCase();
    const fold = (of: string) => (ignoresCase ? Array.from(of, one).join("") : of);
    const lines = decoder.decode(body).split("\n");
    return lines.flatMap((line, index) => {
      const entry = parseEntry(line);
      const shown = (value: string) => (namesEscape(text) ? value : shownText(value));
      const values = entry === undefined ? [line] : texts(entry).map(shown);
      return values.some((value) => fold(value).includes(fold(text))) ? [index] : [];
    });
  }

  const needles = [
    "a",
    "Text",
    "ärg",
    "σας",
    'e "',
    "\\",
    "d\ne",
    "\u001b[",
    "单 a",
    "😀/",
    "null",
    "5",
    "true",
    "plain",
    "://",
  ];

  test("seeded entries", () => {
    const random = makeRandom(3);
    for (let round = 0; round < 30; round += 1) {
      const body = bytesOf(Array.from({ length: 1 + random(20) }, () => randomEntry(random)).join("\n"));
      for (const text of needles) {
        const needle = { text, ignoresCase: random(2) === 0 };
        expect(find(body, needle)).toEqual(expected(body, needle));
      }
    }
  });

  test("lines of every kind", () => {
    const body = bytesOf(LINES.join("\n"));
    for (const text of ["a", "12", "{", '"', "é", "trace", "x"]) {
      find(body, { text, ignoresCase: true });
    }
  });

  test("seeded rubbish", () => {
    const random = makeRandom(4);
    for (let round = 0; round < 500; round += 1) {
      const text = needles[random(needles.length)] ?? "";
      find(randomBody(random), { text, ignoresCase: random(2) === 0 });
    }
  });
});
