/**
 * Regular expressions of readers. JavaScript's engine cannot be stopped, and takes exponential time for some, as `(a+)+$`
 * on many `a`. Each is given a text of bounded length, and the store evaluates blocks in slices between which a query can
 * be replaced: so an expression that is slow in proportion to a text's square is bearable. An exponential one is not: it
 * holds up the worker until it is through.
 */

/** Longer texts are cut to this many characters. */
export const MAX_REGEX_TEXT = 65_536;

/** In longer lines than this, values are looked at one by one: what an expression costs grows with the square of a text. */
const MAX_LINE = 2_048;

/**
 * Whether the expression matches a line of JSON wherever it matches a value of it, if nothing in the line is escaped: most
 * lines need no look at their values then. Undefined for an expression that the ends of a text, or what is not around a
 * match, decide. `\b` is the same at a quote as at an end.
 */
export function compileLineTest(source: string, flags: string): ((line: string) => boolean) | undefined {
  if (/(?<!\[)\^|\$|\(\?(?:!|<!)/.test(source)) {
    return undefined;
  }
  const regex = new RegExp(source, flags.replace(/[gy]/g, ""));
  return (line) => line.length > MAX_LINE || line.includes("\\") || regex.test(line);
}

/** The expression is one that `new RegExp` takes. */
export function compileRegex(source: string, flags: string): (text: string) => boolean {
  const regex = new RegExp(source, flags.replace(/[gy]/g, ""));
  return (text) => regex.test(text.length > MAX_REGEX_TEXT ? text.slice(0, MAX_REGEX_TEXT) : text);
}
