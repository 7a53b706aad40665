// biome-ignore-all lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
/** Text as the list shows it: terminal codes colour it, and may stand in the midst of a word. */

/** The first character of each terminal code. */
export const HAS_ESCAPE = /[\x1b\x9b]/;
/**
 * CSI sequences, OSC and other control strings, and all other escapes. An unfinished one reaches as
 * far as it can be one. `viewer/wasm/src/terminal.rs` removes the same.
 */
export const ESCAPE =
  /(?:\x1b\[|\x9b)([0-?]*)[ -/]*([@-~]?)|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-Z\\-~]?/g;

/** Text without terminal codes of any kind, as the list shows it and searches find it. */
export function shownText(text: string): string {
  return HAS_ESCAPE.test(text) ? text.replace(ESCAPE, "") : text;
}

/** Whether an expression, or a text, names ESC or U+009B: then it is meant for text as it was sent. */
export function namesEscape(source: string): boolean {
  return HAS_ESCAPE.test(source) || /\\(?:x[19]b|u00[19]b|u\{[19]b\}|c\[)/i.test(source);
}

/** A test of text as it is shown, unless what it looks for names ESC or U+009B. */
export function ofShown(source: string, test: (text: string) => boolean): (text: string) => boolean {
  return namesEscape(source) ? test : (text) => test(shownText(text));
}
