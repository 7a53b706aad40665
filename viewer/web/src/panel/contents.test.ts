import { describe, expect, it } from "vitest";
import { contentsOf } from "./contents";
import { JAVA, PYTHON } from "./stack.testing";

const entry = (more: object) =>
  JSON.stringify({ timestamp: "2026-01-31T10:00:00Z", level: "ERROR", target: "t", message: "m", ...more });

describe("contentsOf", () => {
  it("finds stack traces wherever they are", () => {
    const { stacks } = contentsOf(
      entry({
        message: PYTHON,
        fields: {
          "exception.stacktrace": JAVA,
          err: { stack: "Error: x\n    at f (/a.js:1:2)" },
          trace_id: "at x",
        },
        extra: { list: [{ backtrace: ["   at f (a.js:1:2)"] }] },
      }),
    );
    expect(stacks.map(({ path }) => path)).toEqual([
      "message",
      "exception.stacktrace",
      "err.stack",
      "extra.list.0.backtrace",
    ]);
  });

  it("knows where an entry was logged, by new names and old ones", () => {
    const place = (fields: object) => contentsOf(entry({ fields })).place;
    expect(place({ "code.file.path": "/a.rs", "code.line.number": 7 })).toEqual({
      path: "/a.rs",
      line: 7,
      column: undefined,
    });
    expect(place({ code: { filepath: "/a.py", lineno: "12" } })).toMatchObject({ path: "/a.py", line: 12 });
    expect(place({ "code.file.path": {} })).toBeUndefined();
    expect(place({})).toBeUndefined();
  });

  it("takes what is no entry", () => {
    for (const json of ["", "{", "[]", "null", '"x"', '{"message":7,"fields":[1],"span":"s"}']) {
      expect(contentsOf(json).message, json).toBeUndefined();
    }
    expect(contentsOf('{"message":"m","more":1}').others).toEqual(new Map([["more", expect.anything()]]));
  });
});
