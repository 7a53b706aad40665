/** Divides a query's text: words, quoted texts and regular expressions, each with the offset behind it. */

export interface Piece {
  readonly text: string;
  readonly end: number;
}

export interface Quoted extends Piece {
  readonly isClosed: boolean;
}

export interface RegexPiece {
  readonly source: string;
  readonly flags: string;
  readonly end: number;
}

const SPACE = /\s/;

export function isSpace(text: string, at: number): boolean {
  return SPACE.test(text.charAt(at));
}

/** Whether no more of a word stands at `at`. */
export function isBoundary(text: string, at: number): boolean {
  return at >= text.length || isSpace(text, at) || text[at] === ")";
}

/** From the quote at `start` to the next one. `\"` and `\\` stand for a quote and a backslash. */
export function readQuoted(text: string, start: number): Quoted {
  let value = "";
  for (let at = start + 1; at < text.length; at += 1) {
    const mark = text[at];
    const next = text[at + 1];
    if (mark === '"') {
      return { text: value, end: at + 1, isClosed: true };
    }
    if (mark === "\\" && (next === '"' || next === "\\")) {
      value += next;
      at += 1;
    } else {
      value += mark;
    }
  }
  return { text: value, end: text.length, isClosed: false };
}

/** To the next space, or to a parenthesis that closes none of the word's own. */
export function readWord(text: string, start: number): Piece {
  let open = 0;
  let at = start;
  for (; at < text.length && !isSpace(text, at); at += 1) {
    if (text[at] === "\\" && at + 1 < text.length && !isSpace(text, at + 1)) {
      at += 1;
    } else if (text[at] === "(") {
      open += 1;
    } else if (text[at] === ")") {
      if (open === 0) {
        break;
      }
      open -= 1;
    }
  }
  return { text: text.slice(start, at), end: at };
}

/**
 * From the slash at `start`, as JavaScript writes a regular expression. Undefined if it is none, as with the path `/a/b`:
 * nothing but flags may stand behind the second slash.
 */
export function readRegex(text: string, start: number): RegexPiece | undefined {
  let isInClass = false;
  for (let at = start + 1; at < text.length; at += 1) {
    const mark = text[at];
    if (mark === "\\") {
      at += 1;
    } else if (mark === "[") {
      isInClass = true;
    } else if (mark === "]") {
      isInClass = false;
    } else if (mark === "/" && !isInClass) {
      const flags = /^[imsu]*/.exec(text.slice(at + 1))?.[0] ?? "";
      const end = at + 1 + flags.length;
      return at > start + 1 && isBoundary(text, end)
        ? { source: text.slice(start + 1, at), flags, end }
        : undefined;
    }
  }
  return undefined;
}
