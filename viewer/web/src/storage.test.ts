import { expect, test } from "vitest";
import { defaultMaxBytes, readSettings } from "./storage";

const MIB = 1024 * 1024;

test.each([
  [undefined, 256],
  [0.25, 64],
  [2, 512],
  [8, 1_024],
])("with %s GiB of memory, the page takes %d MiB", (gib, mib) => {
  expect(defaultMaxBytes(gib)).toBe(mib * MIB);
});

test.each([
  null,
  "",
  "{",
  "null",
  "7",
  '{"zone":"mars","maxBytes":-1}',
  '{"maxBytes":1e99}',
  '{"panelShare":"wide"}',
])("%j is no setting", (text) => {
  expect(readSettings(text, 5)).toEqual({ zone: "local", maxBytes: 5 });
});

test("what was set is kept", () => {
  const settings = { zone: "utc", maxBytes: 64 * MIB, panelShare: 0.5 } as const;
  expect(readSettings(JSON.stringify(settings), 5)).toEqual(settings);
});
