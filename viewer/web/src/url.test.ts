import { expect, test } from "vitest";
import type { View } from "../store/protocol";
import { readEntryLink, readView, signalingUrl, wantedProducer, writeEntryLink, writeView } from "./url";

test.each([
  ["http://localhost:8080/", "ws://localhost:8080/signaling"],
  ["https://logs.example/", "wss://logs.example/signaling"],
  ["https://example/team/logs/", "wss://example/team/logs/signaling"],
  ["https://example/team/logs", "wss://example/team/logs/signaling"],
  ["https://example/team/logs/index.html?query=x#y", "wss://example/team/logs/signaling"],
  ["https://static.example/?signaling=wss://logs.example/signaling", "wss://logs.example/signaling"],
  ["https://static.example/?signaling=ws://a/s%3Ftoken=1", "ws://a/s?token=1"],
  ["https://example/page/?signaling=https://logs.example/s", "wss://logs.example/s"],
  ["https://example/page/?signaling=/elsewhere", "wss://example/elsewhere"],
  ["https://example/?signaling=", "wss://example/signaling"],
])("the server of %s is %s", (page, expected) => {
  expect(signalingUrl(page)).toBe(expected);
});

test.each(["javascript:alert(1)", "http://[", "ftp://a/b"])("%s is no server", (given) => {
  expect(signalingUrl(`http://localhost/?signaling=${encodeURIComponent(given)}`)).toBeUndefined();
});

test("a view comes back from the address, and the rest of it stays", () => {
  const view: View = {
    query: 'level:warn+ "a&b" -health',
    muted: ["api#2", "db"],
    range: { fromMs: Date.UTC(2026, 0, 1), toMs: Date.UTC(2026, 0, 2) },
    columns: ["http.status", "a b"],
  };
  const page = writeView("https://example/logs?signaling=wss://a/b&producer=api&query=old", view);
  expect(readView(page)).toEqual(view);
  expect(signalingUrl(page)).toBe("wss://a/b");
  expect(wantedProducer(page)).toBe("api");
  const empty: View = { query: "", muted: [], range: undefined, columns: [] };
  expect(writeView(page, empty)).not.toMatch(/query|mute|from|to=|column/);
});

test.each(["from=x&to=y", "from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "from=2026-01-01"])(
  "%s is no range",
  (range) => {
    expect(readView(`https://example/?${range}`).range).toBeUndefined();
  },
);

test("a link leads to its entry", () => {
  const view = readView("https://example/?query=x");
  const link = { session: "ab/c d", seq: 1234 };
  const page = writeEntryLink("https://example/#entry=z/1", view, link);
  expect(readEntryLink(page)).toEqual(link);
  expect(readEntryLink(writeEntryLink(page, view, undefined))).toBeUndefined();
});

test.each(["#entry=", "#entry=a", "#entry=a/x", "#entry=%/1", "#entry=a/99999999999999999", "#else"])(
  "%s is no link",
  (hash) => {
    expect(readEntryLink(`https://example/${hash}`)).toBeUndefined();
  },
);
