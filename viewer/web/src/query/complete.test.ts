import { expect, test } from "vitest";
import type { Facets } from "../../store/protocol";
import { parse } from "../../store/query/parse";
import { accept, complete } from "./complete";

const facets: Facets = {
  levels: [10, 20, 3, 1, 0],
  targets: [
    { value: "shop.db", count: 9 },
    { value: "app db", count: 2 },
  ],
  producers: [{ value: "shop#2", count: 5 }],
  fields: [
    {
      name: "user",
      values: [
        { value: "ann", count: 3 },
        { value: "张 三", count: 1 },
      ],
      distinct: 2,
      isDistinct: false,
    },
    { name: "a key", values: [{ value: "v", count: 1 }], distinct: 1, isDistinct: false },
    { name: "level", values: [{ value: "9", count: 1 }], distinct: 1, isDistinct: false },
  ],
  sampled: 34,
};

const labels = (text: string, caret = text.length) =>
  complete(text, caret, facets).choices.map(({ label }) => label);

test.each([
  ["", ["level:", "target:", "producer:", "user:", "a key:", "level:"]],
  ["us", ["user:"]],
  ["-us", ["user:"]],
  ["x (ta", ["target:"]],
  ["level:", ["debug+", "debug", "info+", "info", "warn+", "warn", "error+", "error"]],
  ["level:wa", ["warn+", "warn"]],
  ["target:db", ["shop.db", "app db"]],
  ["producer:", ["shop#2"]],
  ["user:a", ["ann"]],
  ['"a key":', ["v"]],
  ['"level":', ["9"]],
  ["user:ann", []],
  ["other:", []],
  ["user>", []],
  ['"us', ["user:"]],
  ["us or", []],
])("behind %s", (text, expected) => {
  expect(labels(text)).toEqual(expected);
});

test("what is chosen takes the place of what was written", () => {
  const choose = (text: string, label: string, caret = text.length) => {
    const completion = complete(text, caret, facets);
    const choice = completion.choices.find((one) => one.label === label);
    return choice === undefined ? undefined : accept(text, completion, choice);
  };
  expect(choose("x us", "user:")).toEqual({ text: "x user:", caret: 7 });
  expect(choose("x -user:a y", "ann", 9)).toEqual({ text: "x -user:ann y", caret: 12 });
  expect(choose("user:张", "张 三")?.text).toBe('user:"张 三" ');
  expect(choose("target:app", "app db")?.text).toBe('target:"app db" ');
  expect(choose("key", "a key:")?.text).toBe('"a key":');
  expect(choose("level:w", "warn+")?.text).toBe("level:warn+ ");
});

test("a value that is known is whole, whatever else begins with it", () => {
  const isWhole = (text: string) => complete(text, text.length, facets).isWhole;
  expect(["level:warn", "-level:warn+", "user:ann", "x target:shop.db"].filter(isWhole)).toHaveLength(4);
  expect(["level:war", "user:", "user", "user:an", "level"].filter(isWhole)).toEqual([]);
});

test("levels are counted", () => {
  expect(complete("level:w", 7, facets).choices.map(({ count }) => count)).toEqual([4, 3]);
});

test("every choice is a right term", () => {
  for (const text of ["level:", "target:", "producer:", "user:", '"a key":', '-"level":']) {
    const completion = complete(text, text.length, facets);
    expect(completion.choices.length).toBeGreaterThan(0);
    for (const choice of completion.choices) {
      expect(parse(accept(text, completion, choice).text).error).toBeUndefined();
    }
  }
});
