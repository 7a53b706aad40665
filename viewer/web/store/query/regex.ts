/**
 * Regular expressions of readers. JavaScript's engine cannot be stopped, and takes exponential time for some, as `(a+)+$`
 * on many `a`: where that is so, the worker that searches is ended (`../search/pool.ts`). Each is given a text of bounded
 * length, so that one that is slow in proportion to a text's square is bearable.
 */

import { HAS_ESCAPE } from "./shown";

/** Longer texts are cut to this many characters. */
export const MAX_REGEX_TEXT = 65_536;

/** In longer lines than this, values are looked at one by one: what an expression costs grows with the square of a text. */
export const MAX_LINE = 2_048;

/** Which lines an expression may match. */
export interface LineTest {
  mayMatch(line: string): boolean;
  /**
   * The same for all lines of a text at once: the offset of the first match from an offset on, which is in the first line that
   * has one; -1 if none has. Undefined where a match might reach over a line end.
   */
  readonly next: ((text: string, from: number) => number) | undefined;
}

/**
 * Whether the expression matches a line of JSON wherever it matches a value of it, if nothing in the line is escaped: most
 * lines need no look at their values then. Undefined for an expression that the ends of a text, or what is not around a
 * match, decide. `\b` is the same at a quote as at an end.
 */
export function compileLineTest(source: string, flags: string): LineTest | undefined {
  if (/(?<!\[)\^|\$|\(\?(?:!|<!)/.test(source)) {
    return undefined;
  }
  const own = flags.replace(/[gy]/g, "");
  const regex = new RegExp(source, own);
  const all = new RegExp(source, `${own}g`);
  const next = (text: string, from: number) => {
    all.lastIndex = from;
    return all.exec(text)?.index ?? -1;
  };
  return {
    mayMatch: (line) =>
      line.length > MAX_LINE || line.includes("\\") || HAS_ESCAPE.test(line) || regex.test(line),
    next: mayCrossLines(source, flags) ? undefined : next,
  };
}

/** Whether a match may have a line end in it. Some that cannot are taken for such. */
function mayCrossLines(source: string, flags: string): boolean {
  const hasControls = Array.from(source).some((character) => character < " ");
  return hasControls || /[sv]/.test(flags) || /\[\^|\\[^dwbBS.()[\]{}*+?|/"\\-]|\(\?[a-z-]/.test(source);
}

/** The expression is one that `new RegExp` takes. */
export function compileRegex(source: string, flags: string): (text: string) => boolean {
  const regex = new RegExp(source, flags.replace(/[gy]/g, ""));
  return (text) => regex.test(text.length > MAX_REGEX_TEXT ? text.slice(0, MAX_REGEX_TEXT) : text);
}
