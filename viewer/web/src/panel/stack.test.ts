import { describe, expect, it } from "vitest";
import { readStack, type StackLine } from "./stack";
import { GO, JAVA, JAVASCRIPT, NET, PYTHON, PYTHON_GROUP, RUST, RUST_ANYHOW, SAFARI } from "./stack.testing";

/** Each line as a letter: H, C, F, D or T, in lower case for a library's. */
function letters(stack: readonly StackLine[] | undefined): string {
  return (stack ?? [])
    .map(({ kind, isLibrary }) => (isLibrary ? kind.charAt(0) : kind.charAt(0).toUpperCase()))
    .join("");
}

function places(stack: readonly StackLine[] | undefined): string[] {
  return (stack ?? []).flatMap(({ place }) => (place === undefined ? [] : [`${place.path}:${place.line}`]));
}

describe("readStack", () => {
  it("reads Python, with causes", () => {
    const stack = readStack(PYTHON);
    expect(letters(stack)).toBe("HFDDfdHTCTHFDH");
    expect(places(stack)).toEqual([
      "/srv/shop/db.py:42",
      "/usr/lib/python3.13/socket.py:864",
      "/srv/shop/main.py:7",
    ]);
  });

  it("reads a group of exceptions in Python", () => {
    expect(letters(readStack(PYTHON_GROUP))).toContain("F");
  });

  it("reads Java, with causes", () => {
    const stack = readStack(JAVA);
    expect(letters(stack)).toBe("HFFffCFfd");
    expect(places(stack)).toContain("OrderService.java:88");
  });

  it("reads JavaScript of V8, and of other engines", () => {
    const stack = readStack(JAVASCRIPT);
    expect(letters(stack)).toBe("HFFffTCFT");
    expect(places(stack)).toContain("/srv/shop/src/db.js:12");
    expect(places(stack)).toContain("/srv/shop/src/server.mjs:40");
    expect(letters(readStack(SAFARI))).toBe("FF");
  });

  it("reads Rust", () => {
    const stack = readStack(RUST);
    expect(letters(stack)).toBe("HTHfdfdFDfdT");
    expect(places(stack)).toContain("./src/main.rs:4");
    expect(letters(readStack(RUST_ANYHOW))).toBe("HTCCCTHFD");
  });

  it("reads Go", () => {
    const stack = readStack(GO);
    expect(letters(stack)).toBe("HTHFDFDfdCD");
    expect(places(stack)).toEqual([
      "/srv/shop/db.go:31",
      "/srv/shop/main.go:12",
      "/usr/local/go/src/net/http/server.go:2294",
      "/usr/local/go/src/net/http/server.go:3454",
    ]);
  });

  it("reads .NET", () => {
    const stack = readStack(NET);
    expect(letters(stack)).toBe("HCfFCF");
    expect(places(stack)).toEqual(["/srv/Shop/Db.cs:42", "C:\\src\\Shop\\Program.cs:7"]);
  });

  it("keeps every line as it is", () => {
    for (const text of [PYTHON, PYTHON_GROUP, JAVA, JAVASCRIPT, RUST, GO, NET]) {
      expect(
        readStack(text)
          ?.map((line) => line.text)
          .join("\n"),
      ).toBe(text.trimEnd());
    }
  });

  it("takes texts that were made to be slow", () => {
    const long = 250_000;
    for (const line of ["   at at", "a.", "((", "x@:1", " ", "\t/a:1", 'File "', "main.(*a)"]) {
      const text = `goroutine 1 [\n\t/a.go:1\nstack backtrace:\n  File "a", line 1\n${line.repeat(long / line.length)}\n`;
      const startMs = performance.now();
      readStack(text, true);
      expect(performance.now() - startMs, line).toBeLessThan(5_000);
    }
  });

  it("sees none in other text", () => {
    for (const text of [
      "",
      "one line at home",
      "two\nlines",
      "a list:\n 1: one\n 2: two",
      "meet at noon\n  at the station",
      "SELECT 1\n  FROM t\n  WHERE a(b)",
    ]) {
      expect(readStack(text), text).toBeUndefined();
    }
  });
});
