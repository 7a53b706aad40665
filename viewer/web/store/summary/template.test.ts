import { expect, test } from "vitest";
import { hashTemplate, templateOf } from "./template";

test.each([
  ["GET /orders/17 200 in 12.5ms", "GET /orders/‹n› ‹n› in ‹n›ms"],
  ["took 5 ms", "took ‹n› ms"],
  ["took -5 ms, x=-1", "took ‹n› ms, x=‹n›"],
  ["id 550e8400-e29b-41d4-a716-446655440000 gone", "id ‹id› gone"],
  ["at 0xDEADbeef", "at ‹id›"],
  ["trace 4bf92f3577b34da6", "trace ‹id›"],
  ["decade deadbeef", "decade deadbeef"],
  ["order 12345678", "order ‹n›"],
  ["from 10.0.0.1:8080 and fe80:0:0:0:1:2:3:4", "from ‹ip› and ‹ip›"],
  ["at 2026-01-01T00:00:00.5Z: done", "at ‹time›: done"],
  ["user \"ann\" and 'bob'", "user \"‹…›\" and '‹…›'"],
  ["can't open, won't close", "can't open, won't close"],
  ["std::io::Error: a::b", "std::io::Error: a::b"],
  ["worker-3 of utf8", "worker-‹n› of utf‹n›"],
  ["订单 17 已创建", "订单 ‹n› 已创建"],
  ["first 1\nsecond 2", "first ‹n›"],
  ["\u001b[31mred \u001b[1;38;5;9mbold 7\u001b[0m normal", "red bold ‹n› normal"],
  ["", ""],
])("%s", (message, template) => {
  expect(templateOf(message)).toBe(template);
});

test("a template takes time in proportion to its length", () => {
  const awkward = ["a", "1", "a1", '"', "'", "0x", "1.", "a:", "::", "-", "=", "1a.", "é"];
  for (const piece of awkward) {
    const start = performance.now();
    for (let round = 0; round < 20; round += 1) {
      templateOf(piece.repeat(100_000));
    }
    expect(performance.now() - start, piece).toBeLessThan(1_000);
  }
});

test("a hash is FNV-1a", () => {
  expect(hashTemplate("")).toBe("811c9dc5");
  expect(hashTemplate("a")).toBe("e40c292c");
  expect(hashTemplate("foobar")).toBe("bf9cf968");
});
