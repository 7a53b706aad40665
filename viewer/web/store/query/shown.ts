/** Text as it is shown: terminal codes colour it, and may stand in the midst of a word. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
const CODE = /\x1b(?:\[[ -?]*[@-~]?)?/g;

/** Without terminal codes, as the engine searches it. */
export function shownText(text: string): string {
  return text.includes("\x1b") ? text.replace(CODE, "") : text;
}

/** Whether an expression, or a text, names ESC: then it is meant for text as it was sent. */
export function namesEsc(source: string): boolean {
  return source.includes("\x1b") || /\\(?:x1b|u001b|u\{1b\}|c\[)/i.test(source);
}

/** A test of text as it is shown, unless what it looks for names ESC. */
export function ofShown(source: string, test: (text: string) => boolean): (text: string) => boolean {
  return namesEsc(source) ? test : (text) => test(shownText(text));
}
