import { expect, test } from "vitest";
import { formatBytes, formatCount, formatDuration } from "./format";

test("counts are grouped", () => {
  expect(formatCount(1234567)).toBe("1\u2009234\u2009567");
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1_000, "1.0 KiB"],
  [212 * 1024 * 1024, "212 MiB"],
  [1_500 * 1024 * 1024, "1.5 GiB"],
  [5_000 * 1024 ** 3, "5\u2009000 GiB"],
])("%d bytes are %s", (bytes, expected) => {
  expect(formatBytes(bytes)).toBe(expected);
});

test.each([
  [0.42, "0.4 ms"],
  [38.4, "38 ms"],
  [-1_234, "-1.2 s"],
  [120_000, "2 min"],
])("%d ms are %s", (ms, expected) => {
  expect(formatDuration(ms)).toBe(expected);
});
