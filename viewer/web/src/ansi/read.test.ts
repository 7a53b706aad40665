import { describe, expect, it } from "vitest";
import { readAnsi, readColours, withoutAnsi } from "./read";

describe("readAnsi", () => {
  it("leaves plain text alone", () => {
    expect(readAnsi("")).toEqual([]);
    expect(readAnsi("a [31m b")).toEqual([{ text: "a [31m b", className: "" }]);
  });

  it("gives colours and flags as classes, until they are reset", () => {
    expect(readAnsi("a\x1b[1;31mb\x1b[22mc\x1b[mf\x1b[94;3;4md")).toEqual([
      { text: "a", className: "" },
      { text: "b", className: "ansi-1 ansi-bold" },
      { text: "c", className: "ansi-1" },
      { text: "f", className: "" },
      { text: "d", className: "ansi-12 ansi-italic ansi-underlined" },
    ]);
  });

  it("reads 256 colours and 24 bits as the nearest of the 16", () => {
    const classes = (text: string) => readAnsi(text).map((piece) => piece.className);
    expect(classes("\x1b[38;5;9ma\x1b[38;5;196mb\x1b[38;5;21mc\x1b[38;5;240md")).toEqual([
      "ansi-9",
      "ansi-1",
      "ansi-4",
      "",
    ]);
    expect(classes("\x1b[38;2;0;200;0ma\x1b[1;38:2:250:250:0mb")).toEqual(["ansi-2", "ansi-3 ansi-bold"]);
  });

  it("gives text on a colour the text's own colour", () => {
    expect(readAnsi("\x1b[30;41ma\x1b[49mb\x1b[7mc")).toEqual([
      { text: "a", className: "ansi-on-1" },
      { text: "b", className: "ansi-0" },
      { text: "c", className: "ansi-on-0" },
    ]);
  });

  it("shows where a link leads", () => {
    expect(withoutAnsi("see \x1b]8;;https://a.example/x\x1b\\here\x1b]8;;\x07.")).toBe(
      "see here ‹https://a.example/x›.",
    );
    expect(withoutAnsi("\x1b]8;;u\x07u\x1b]8;;\x07")).toBe("u");
  });

  it("leaves out what is no colour where there is little room", () => {
    expect(readColours("")).toEqual([]);
    expect(readColours("a\x1b[2J\x1b[1;41mb\x1b]8;;https://a.example\x07c\x1b]8;;\x07\x1b")).toEqual([
      { text: "a", className: "" },
      { text: "b", className: "ansi-on-1 ansi-bold" },
      { text: "c", className: "ansi-on-1 ansi-bold" },
    ]);
  });

  it("takes texts that were made to be slow", () => {
    for (const part of ["\x9d8;;", "\x1b]8;;", "\x1b[38;", "\x1b[", "38;", "\x1b[1m"]) {
      const startMs = performance.now();
      withoutAnsi(`\x1b[${part.repeat(30_000)}`);
      expect(performance.now() - startMs, part).toBeLessThan(5_000);
    }
  });

  it("keeps what is no colour, for the reader to see", () => {
    for (const text of [
      "\x1b[2J\x1b[H",
      "\x1b]0;title\x07",
      "\x1b[31",
      "\x1b",
      "a\x1b[38;5",
      "\x1b]8;;never closed",
    ]) {
      expect(withoutAnsi(text)).toBe(text);
    }
  });
});
