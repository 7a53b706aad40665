/**
 * Regular expressions of readers. JavaScript's engine cannot be stopped, and takes exponential time for some, as `(a+)+$`
 * on many `a`. Each is given a text of bounded length, and the store evaluates blocks in slices between which a query can
 * be replaced: so an expression that is slow in proportion to a text's square is bearable. An exponential one is not: it
 * holds up the worker until it is through.
 */

/** Longer texts are cut to this many characters. */
export const MAX_REGEX_TEXT = 65_536;

/** The expression is one that `new RegExp` takes. */
export function compileRegex(source: string, flags: string): (text: string) => boolean {
  const regex = new RegExp(source, flags.replace(/[gy]/g, ""));
  return (text) => regex.test(text.length > MAX_REGEX_TEXT ? text.slice(0, MAX_REGEX_TEXT) : text);
}
