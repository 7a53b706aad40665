import { expect, test } from "vitest";
import { parse } from "../../store/query/parse";
import { sourceFilterOf } from "./source";

const TARGETS = ["shop", "shop.db", "shop.db.pool", "app::db", "hyper::client"];

test.each<[query: string, filter: object, isPartial: boolean]>([
  ["", {}, false],
  ["level:debug+", {}, false],
  ["level:warn+", { level: "WARN" }, false],
  ["level:warn", { level: "WARN" }, false],
  ["-level:debug", { level: "INFO" }, false],
  ["level:warn+ timeout", { level: "WARN" }, true],
  ["timeout", {}, true],
  ["level:error or user:1", {}, true],
  ["level:error or level:warn", { level: "WARN" }, false],
  ["target:shop.db*", { filter: "off,shop.db=debug" }, false],
  ["target:shop.db* level:info+", { filter: "off,shop.db=info" }, false],
  ["target:SHOP.DB* level:info+", { filter: "off,shop.db=info" }, false],
  ["target:shop.d*", { filter: "off,shop=debug" }, false],
  ["target:shop.*", { filter: "off,shop=debug" }, false],
  ["target:app::*", { filter: "off,app=debug" }, false],
  ["target:shop.db", { filter: "off,shop.db=debug" }, false],
  ["-target:hyper*", { filter: "debug,hyper=off" }, false],
  // An exact one has others below it, which the query passes.
  ["-target:hyper", {}, false],
  ["level:warn+ or target:app::db*", { filter: "warn,app::db=debug" }, false],
  ["target:*db", {}, true],
  ["level:error target:*db", { level: "ERROR" }, true],
  ["level:warn+ -level:warn+", { filter: "off" }, false],
  ['target:"a b"', {}, true],
  ['target:"a=b"', {}, true],
])("%s", (query, filter, isPartial) => {
  expect(sourceFilterOf(parse(query).query, TARGETS)).toEqual({ filter, isPartial });
});

test("a target below another one counts by itself", () => {
  expect(sourceFilterOf(parse("target:shop* -target:shop.db* level:info+").query, TARGETS).filter).toEqual({
    filter: "off,shop=info,shop.db=off",
  });
});

test("too many targets are left to the page", () => {
  const query = Array.from({ length: 70 }, (_, index) => `target:t${index}`).join(" or ");
  expect(sourceFilterOf(parse(`level:warn+ (${query})`).query, [])).toEqual({
    filter: { level: "WARN" },
    isPartial: true,
  });
});
