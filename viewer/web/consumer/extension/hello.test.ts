import { expect, test } from "vitest";
import { type Hello, isSameWish, makeHello, sessionOf, withHello } from "./hello";

const SESSION = "00112233445566778899aabbccddeeff";
const HEAD = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
const MEDIA = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:0\r\n";

function decode(sdp: string): unknown {
  const encoded = /^a=x-logrtc-hello:([A-Za-z0-9_-]+)\r\n/m.exec(sdp)?.[1] ?? "";
  const bytes = atob(encoded.replaceAll("-", "+").replaceAll("_", "/"));
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0))));
}

const HELLO: Hello = { version: 1, accept: [], credit: 1, filter: "日志=info,ÿ>>?=debug" };

test("a wish is the same whatever the order of its keys, and with another credit", () => {
  const options = { session: SESSION, next: 8, start: undefined, canInflate: true };
  const sent = makeHello({ ...options, filter: { level: "INFO", filter: "app=debug" } });
  const start = { resume: { seq: 7, session: SESSION } };
  const understood = { credit: 1, start, filter: "app=debug", level: "INFO" };
  expect(isSameWish(understood, sent)).toBe(true);
  for (const other of [
    undefined,
    {},
    { ...understood, level: "ERROR" },
    { ...understood, level: undefined },
    { ...understood, filter: "app" },
    { ...understood, start: "newest" },
    { ...understood, start: { last: 7 } },
    { ...understood, start: { resume: { session: SESSION, seq: 70 } } },
  ]) {
    expect(isSameWish(other, sent)).toBe(false);
  }
  expect(isSameWish({ start: { last: 5 } }, { ...HELLO, filter: "", start: { last: 5 } })).toBe(false);
});

test("the session is read from the part of an offer before its first m-line", () => {
  expect(sessionOf(`${HEAD}a=x-logrtc:1 ${SESSION}\r\n${MEDIA}`)).toBe(SESSION);
  expect(sessionOf(`${HEAD}a=x-logrtc:1 ${SESSION}\n${MEDIA}`)).toBe(SESSION);
  expect(sessionOf(`a=x-logrtc:1 ${SESSION}`)).toBe(SESSION);
});

test.each([
  `${HEAD}${MEDIA}`,
  `${HEAD}${MEDIA}a=x-logrtc:1 ${SESSION}\r\n`,
  `${HEAD}a=x-logrtc:2 ${SESSION}\r\n${MEDIA}`,
  `${HEAD}a=x-logrtc:1 \r\n${MEDIA}`,
  `${HEAD}a=x-logrtc:1 a b\r\n${MEDIA}`,
  `${HEAD}a=x-logrtc:1 ${"a".repeat(161)}\r\n${MEDIA}`,
  `${HEAD}a=x-logrtc-hello:1 ${SESSION}\r\n${MEDIA}`,
  "",
])("an offer of the base protocol names none: %j", (offer) => {
  expect(sessionOf(offer)).toBeUndefined();
});

test("hello stands in front of the first m-line, and nothing else changes", () => {
  const sdp = withHello(HEAD + MEDIA, HELLO);
  expect(sdp.startsWith(`${HEAD}a=x-logrtc-hello:`)).toBe(true);
  expect(sdp.endsWith(`\r\n${MEDIA}`)).toBe(true);
  expect(decode(sdp)).toEqual(HELLO);
  expect(sdp.replace(/a=x-logrtc-hello:.*\r\n/, "")).toBe(HEAD + MEDIA);
});

test("hello keeps to 4 096 characters with the longest filter", () => {
  const filter = "日".repeat(341);
  const hello = makeHello({
    session: "s".repeat(160),
    next: Number.MAX_SAFE_INTEGER,
    start: undefined,
    filter: { level: "DEBUG", filter },
    canInflate: true,
  });
  const line = /^a=x-logrtc-hello:.*$/m.exec(withHello(HEAD + MEDIA, hello))?.[0] ?? "";
  expect(line.length).toBeGreaterThan(1_000);
  expect(line.length).toBeLessThanOrEqual(4_096);
});

test.each([
  [undefined, undefined, undefined],
  [undefined, "newest", "newest"],
  [undefined, { last: 100 }, { last: 100 }],
  [0, "newest", "oldest"],
  [1, "newest", { resume: { session: SESSION, seq: 0 } }],
  [1_235, undefined, { resume: { session: SESSION, seq: 1_234 } }],
] as const)("with %j to come next and the start %j, hello starts at %j", (next, start, expected) => {
  const hello = makeHello({ session: SESSION, next, start, filter: {}, canInflate: true });
  expect(hello).toEqual({
    version: 1,
    accept: ["deflate-raw"],
    credit: 4_194_304,
    ...(expected === undefined ? {} : { start: expected }),
  });
});

test("hello asks for what is wanted, and for no compression that cannot be read", () => {
  const filter = { level: "INFO", filter: "app=warn" } as const;
  expect(
    makeHello({ session: SESSION, next: undefined, start: undefined, filter, canInflate: false }),
  ).toMatchObject({ ...filter, accept: [] });
});
