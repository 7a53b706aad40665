import { describe, expect, it } from "vitest";
import { parseJson } from "../../store/json";
import { member, memberText, prettyJson } from "./json";

const pretty = (text: string) => {
  const value = parseJson(text);
  return value === undefined ? undefined : prettyJson(value);
};

describe("prettyJson", () => {
  it("writes over several lines, digits and order as they were", () => {
    expect(pretty('{"b":[1.50,{"2":12345678901234567890,"1":"x\\ty"}],"c":{},"d":[]}')).toBe(
      '{\n  "b": [\n    1.50,\n    {\n      "2": 12345678901234567890,\n      "1": "x\\ty"\n    }\n  ],\n  "c": {},\n  "d": []\n}',
    );
  });

  it("takes what is nested too deeply", () => {
    const text = "[".repeat(10_000) + "]".repeat(10_000);
    expect(pretty(text)?.replaceAll(/\s/g, "")).toBe(text);
  });
});

describe("member", () => {
  it("knows the object's own keys alone", () => {
    const value = parseJson('{"a":"x","n":1.0,"o":{}}');
    expect(memberText(value, "a")).toBe("x");
    expect(memberText(value, "n")).toBe("1.0");
    expect(memberText(value, "o")).toBeUndefined();
    expect(member(value, "toString")).toBeUndefined();
    expect(member(parseJson("[]"), "0")).toBeUndefined();
  });
});
