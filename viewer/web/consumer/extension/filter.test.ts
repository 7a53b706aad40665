import { expect, test } from "vitest";
import { checkFilter } from "./filter";

test.each([
  {},
  { level: "DEBUG" },
  { filter: "" },
  { filter: "info,app::db=debug , hyper=OFF,," },
  { filter: "app=warn", level: "ERROR" },
  { filter: Array.from({ length: 64 }, (_, index) => `t${index}=info`).join(",") },
] as const)("%j is a filter", (filter) => {
  expect(() => checkFilter(filter)).not.toThrow();
});

test.each([
  [{ level: "LOUD" as "INFO" }, /level: LOUD/],
  [{ filter: "loud" }, /"loud" is not a level/],
  [{ filter: "a=b=info" }, /"b=info" is not a level/],
  [{ filter: "app=" }, /"" is not a level/],
  [{ filter: "=info" }, /no target before the =/],
  [{ filter: `${"日".repeat(342)}=info` }, /at most 1024 bytes/],
  [{ filter: Array.from({ length: 65 }, () => "a=info").join(",") }, /at most 64 directives/],
])("%j is none", (filter, message) => {
  expect(() => checkFilter(filter)).toThrow(message);
  expect(() => checkFilter(filter)).toThrow(RangeError);
});
