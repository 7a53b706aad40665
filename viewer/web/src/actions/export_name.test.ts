import { expect, it } from "vitest";
import { exportName } from "./export_name";

it("has no character that a file system refuses", () => {
  expect(exportName("csv", Date.UTC(2026, 0, 31, 14, 3, 7, 9))).toBe("logrtc-2026-01-31T14-03-07Z.csv");
});
