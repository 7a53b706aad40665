import { describe, expect, it } from "vitest";
import { member, memberText, prettyJson, readJson, textOf } from "./json";

describe("readJson", () => {
  it("keeps digits, the order of keys, and keys that come twice", () => {
    const text = '{"b": 12345678901234567890.10, "2": 1, "1": -0.0e+5, "b": true, "__proto__": null}';
    const node = readJson(text);
    expect(node).toEqual({
      kind: "object",
      members: [
        ["b", { kind: "number", text: "12345678901234567890.10" }],
        ["2", { kind: "number", text: "1" }],
        ["1", { kind: "number", text: "-0.0e+5" }],
        ["b", { kind: "literal", text: "true" }],
        ["__proto__", { kind: "literal", text: "null" }],
      ],
    });
    expect(member(node, "b")).toEqual({ kind: "literal", text: "true" });
    expect(memberText(node, "2")).toBe("1");
    expect(member(node, "toString")).toBeUndefined();
  });

  it("unescapes strings, also those with half a pair", () => {
    expect(readJson('"a\\n\\u00e9\\ud800\\"\\\\"')).toEqual({ kind: "string", text: 'a\né\ud800"\\' });
  });

  it("returns undefined for what is no JSON", () => {
    for (const text of ["", "{", "{]", "[1,]", '{"a":1,}', '{"a"}', "1 2", "nul", '"a', "[1 2]"]) {
      expect(readJson(text), text).toBeUndefined();
    }
  });

  it("shows what is nested too deeply as it was written", () => {
    const text = "[".repeat(100_000) + "]".repeat(100_000);
    const node = readJson(text);
    expect(node?.kind).toBe("array");
    expect(node && prettyJson(node).replaceAll(/\s/g, "")).toBe(text);
  });
});

describe("prettyJson", () => {
  it("writes over several lines", () => {
    const node = readJson('{"a":[1,{"b":"x\\ty"}],"c":{},"d":[]}');
    expect(node && prettyJson(node)).toBe(
      '{\n  "a": [\n    1,\n    {\n      "b": "x\\ty"\n    }\n  ],\n  "c": {},\n  "d": []\n}',
    );
  });

  it("gives the text of a value", () => {
    expect(textOf({ kind: "string", text: "a b" })).toBe("a b");
    expect(textOf({ kind: "number", text: "1.50" })).toBe("1.50");
  });
});
