import { expect, test } from "vitest";
import { safePieces, safeText } from "./text_safe";

test.each([
  ["plain", "plain"],
  ["a\u0000b\r\nc\td", "a␀b⏎c d"],
  ["\nfirst\rsecond", "⏎first␍second"],
  ["\u001b[31mred\u001b[0m \u001b]0;owned\u0007", "red "],
  ["\u001b[2J\u001b[Hcleared", "cleared"],
  ["\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\", "link"],
  ["\u202eowned\u202c", "[U+202E]owned[U+202C]"],
  ["\u007f\u0085", "␡[U+0085]"],
  ["ends in \u001b", "ends in "],
  ["ends in \u001b[3", "ends in "],
  ["日本語 עברית 🎉", "日本語 עברית 🎉"],
])("%j is shown as %j", (text, expected) => {
  expect(safeText(text)).toBe(expected);
  expect(
    safePieces(text)
      .map((piece) => piece.text)
      .join(""),
  ).toBe(expected);
});

test("lines and tabs stay where they may", () => {
  expect(safeText("a\r\n\tb\u2028c", { keepsLines: true })).toBe("a\n\tb\nc");
});

test("colours are classes, and end where they end", () => {
  expect(safePieces("\u001b[1;31mred\u001b[39m bold\u001b[m plain")).toEqual([
    { text: "red", className: "ansi-1 ansi-bold" },
    { text: " bold", className: "ansi-bold" },
    { text: " plain", className: "" },
  ]);
});

test.each([
  ["38;5;196", "ansi-1"],
  ["38;2;0;200;10", "ansi-2"],
  ["38;5;244", ""],
  ["48;5;196;4", "ansi-on-1 ansi-underlined"],
  ["94", "ansi-12"],
  ["999;38", ""],
])("the colour %s is %j", (codes, className) => {
  expect(safePieces(`\u001b[${codes}mx`)).toEqual([{ text: "x", className }]);
});

test("no text is too strange", () => {
  let state = 7;
  const next = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state % below;
  };
  const parts = [
    "\u001b[",
    "\u001b]",
    "\u001b",
    "m",
    ";",
    "38",
    "5",
    "\u0007",
    "\u009b",
    "\n",
    "x",
    "\ud800",
  ];
  for (let round = 0; round < 2_000; round += 1) {
    const text = Array.from({ length: next(20) }, () => parts[next(parts.length)] ?? "").join("");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them is left
    expect(safeText(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
    expect(
      safePieces(text)
        .map((piece) => piece.text)
        .join(""),
    ).toBe(safeText(text));
  }
});
