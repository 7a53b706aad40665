import { expect, test } from "vitest";
import { sourceParts } from "./source_parts";

test.each([
  [{}, []],
  [{ level: "WARN" as const }, ["WARN+"]],
  [{ filter: "off" }, ["off"]],
  [{ filter: "off,shop::db=warn" }, ["shop::db WARN+"]],
  [{ filter: "error,shop=debug,shop.db=off" }, ["ERROR+", "shop DEBUG+", "shop.db off"]],
])("%j", (filter, parts) => {
  expect(sourceParts(filter)).toEqual(parts);
});
