/** Both engines, and bodies for them, for tests. */

import type { Engine } from "./engine";
import url from "./engine.wasm?url&inline";
import { loadWasmEngine } from "./wasm";

/** The engine that a browser has; here it does not come from a server. */
export async function loadTestEngine(): Promise<Engine> {
  return loadWasmEngine(await (await fetch(url)).arrayBuffer());
}

export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** Numbers from 0 to below `limit` that look like chance and are the same in each run. */
export function makeRandom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

const ENTRY = '{"timestamp":"2024-01-01T12:00:00.123Z","level":"INFO","target":"app","message":"m"}';

/** The text of an entry whose member is replaced, or that has one more. */
function changed(name: string, value: string): string {
  const entry: Record<string, string> = {
    timestamp: '"2024-01-01T12:00:00.123Z"',
    level: '"INFO"',
    target: '"app"',
    message: '"m"',
  };
  const members = Object.entries({ ...entry, [name]: value });
  return `{${members.map(([key, text]) => `"${key}":${text}`).join(",")}}`;
}

const TIMESTAMPS = [
  "1969-12-31T23:59:59.999Z",
  "2024-02-29T23:59:59.123456789+05:30",
  "2024-01-01T12:00:00-08:00",
  "2024-01-01T12:00:00.5Z",
  "2024-01-01T24:00:00Z",
  "0000-01-01T00:00:00Z",
  "9999-12-31T23:59:59.999Z",
];

const NO_TIMESTAMPS = [
  "",
  "now",
  "2024-01-01T12:00:60Z",
  "2024-13-01T12:00:00Z",
  "2024-01-01T12:00:00.Z",
  "x".repeat(300),
];

const LEVELS = [
  ..."trace TRACE debug Info warn Warning error FATAL critical ALERT emergency notice".split(" "),
  ...["", "crıtical", "warnıng", "ERROR ", "WARNİNG", "EMERGENCYS", "ſ"],
];

/** Valid JSON, and nearly. */
const VALUES = [
  ...[
    "0",
    "-0",
    "1.5e+10",
    "1E9",
    "-12.25",
    "01",
    "1.",
    ".5",
    "-",
    "+1",
    "1e",
    "1e+",
    "0x1",
    "NaN",
    "Infinity",
  ],
  ...["true", "false", "null", "tru", "nulll", "True", "undefined", ""],
  ...['""', '"a', '"\\""', '"\\u00e9"', '"\\u00g0"', '"\\x41"', '"\t"', '"\u007f"', '"\\ud800"', '"}{]["'],
  ...["[]", "[ ]", "[1 , 2]", "[1,]", "[,1]", "[1 2]", "[", "]", "[[[]]]", "[}", '["]"]', '[{"a":[{}]}]'],
  ...[
    "{}",
    "{ }",
    '{"a":1}',
    '{"a" : 1 , "b":2}',
    '{"a":1,}',
    "{,}",
    '{"a"}',
    "{a:1}",
    '{"a":}',
    '{"a":1 "b":2}',
    "{",
  ],
  ...['{"trace_id":"4bf9"}', '{"trace_id":5}', '{"trace\\u005fid":"4bf9"}', '{"a":{"trace_id":"x"}}'],
  ...[
    '{"trace_id":"a","trace_id":"b"}',
    '{"trace_id":"a","trace_id":null}',
    '{"id":"1","trace_id":"\\u00e9\\\\"}',
  ],
];

/** Lines that are alone in a body. */
export const LINES: readonly string[] = [
  ...["", " ", "x", "{", "}", "{}", "[]", "null", '"', '"a"', "\ufeff{}", "\u0000", "\\", ENTRY],
  ...[
    ` ${ENTRY} `,
    `${ENTRY}\r`,
    `${ENTRY}x`,
    `${ENTRY}${ENTRY}`,
    `\ufeff${ENTRY}`,
    ENTRY.slice(0, -1),
    ENTRY.slice(1),
  ],
  ENTRY.replaceAll(",", " , ").replaceAll('":', '" :\t'),
  ENTRY.replace('"level"', '"l\\u0065vel"'),
  ENTRY.replace('"INFO"', '"\\u0045RROR"'),
  ENTRY.replace("2024-", "2024\\u002d"),
  ENTRY.replace("}", ',"level":"ERROR"}'),
  ENTRY.replace("}", ',"level":5}'),
  ENTRY.replace("{", '{"level":5,"timestamp":{},'),
  ENTRY.replace("}", ',"span":{"trace_id":"x"},"span":null}'),
  ENTRY.replace("}", ',"span":5,"span":{"trace_id":"x"}}'),
  ENTRY.replace("}", ',"__proto__":{"fields":1}}'),
  ...TIMESTAMPS.map((timestamp) => changed("timestamp", JSON.stringify(timestamp))),
  ...NO_TIMESTAMPS.map((timestamp) => changed("timestamp", JSON.stringify(timestamp))),
  ...LEVELS.map((level) => changed("level", JSON.stringify(level))),
  ...["timestamp", "level", "target", "message", "fields", "span", "other"].flatMap((name) =>
    VALUES.map((value) => changed(name, value)),
  ),
  changed("message", JSON.stringify("long ".repeat(40_000))),
  changed("fields", `${"[".repeat(10_000)}${"]".repeat(10_000)}`),
  changed("fields", `{"a":${'{"a":'.repeat(10_000)}1${"}".repeat(10_001)}`),
  changed("fields", '{"a":'.repeat(10_000)),
  "[".repeat(200_000),
  '"'.repeat(1_001),
  "\\".repeat(1_001),
];

const PIECES = [
  ...[
    '{"',
    '":',
    ',"',
    '"}',
    "{",
    "}",
    "[",
    "]",
    '"',
    "\\",
    "\\u",
    "\\u00e9",
    "\\ud83d\\ude00",
    "\\/",
    "\n",
    " ",
    "\t",
  ],
  ...[
    "timestamp",
    "level",
    "target",
    "message",
    "fields",
    "span",
    "trace_id",
    "INFO",
    "null",
    "1e5",
    "é",
    "订单",
    "😀",
  ],
  ...[ENTRY, `${ENTRY}\n`, ENTRY.slice(0, 40), ENTRY.slice(40), '"fields":{"a":"ß","b":[1,2]}', "\u001b[31m"],
];

/** Something like frames, made of pieces of them, with some bytes that are no UTF-8. */
export function randomBody(random: (limit: number) => number): Uint8Array<ArrayBuffer> {
  const pieces = Array.from({ length: random(40) }, () => PIECES[random(PIECES.length)] ?? "");
  const body = bytesOf(pieces.join(""));
  for (let faults = random(4); faults > 0 && body.length > 0; faults -= 1) {
    body[random(body.length)] = random(256);
  }
  return body;
}

const CODE_PIECES = [
  ..."[]()PX^_\\Bm02;? /~ab",
  ...[
    "\u001b",
    "\u001b[",
    "\u001b]8;;u",
    "\u009b",
    "\u0007",
    "\u001b\\",
    "\u001b(B",
    "\n",
    "\u007f",
    "\u00ab",
  ],
  ...["\u001b", "\u009b", "\u041b", "\u009c", "\u009d", "é", "😀"],
];

/** Text with terminal codes, finished and not, and with pieces of them. */
export function randomCodes(random: (limit: number) => number): string {
  return Array.from({ length: random(12) }, () => CODE_PIECES[random(CODE_PIECES.length)] ?? "").join("");
}

/** As writers do that know ASCII alone: with every other character by its number. */
export function toAscii(json: string, digits: "lower" | "upper"): string {
  return json.replace(/[^ -~]/g, (character) => {
    const hex = character.charCodeAt(0).toString(16).padStart(4, "0");
    return `\\u${digits === "upper" ? hex.toUpperCase() : hex}`;
  });
}

/** A valid entry with awkward texts. */
export function randomEntry(random: (limit: number) => number): string {
  const texts = [
    "",
    "a",
    "Ärger",
    "ΣΑΣ",
    "plain text",
    'quote " and \\',
    "line\nend",
    "\u001b[31mred",
    "订单 A12",
    "😀/x",
  ];
  const text = () => `${texts[random(texts.length)]}${random(3) === 0 ? texts[random(texts.length)] : ""}`;
  const value = (depth: number): unknown => {
    const kind = random(depth > 3 ? 4 : 6);
    const simple = [text(), random(1_000) - 500, null, random(2) === 0];
    const several = Array.from({ length: kind < 4 ? 0 : random(4) }, () => value(depth + 1));
    return kind < 4
      ? simple[kind]
      : kind === 4
        ? several
        : Object.fromEntries(several.map((item) => [text(), item]));
  };
  const levels = ["DEBUG", "info", "Warn", "ERROR", "fatal", "notice"];
  const entry = {
    timestamp: new Date(random(2 ** 31) * 1_000 + random(1_000)).toISOString(),
    level: levels[random(levels.length)],
    target: text(),
    message: text(),
    ...(random(2) === 0 ? { fields: { [text()]: value(0), [text()]: value(0) } } : {}),
    ...(random(2) === 0 ? { span: { id: text(), trace_id: text() } } : {}),
  };
  const json = JSON.stringify(entry);
  return random(3) === 0 ? toAscii(json, "lower").replaceAll("/", "\\/") : json;
}
