/** Finds a text that whatever a regular expression matches must hold, so that a plain search can come first. */

import { namesEscape } from "./shown";

/** What follows it may be absent, or stands for other characters. */
const OPTIONAL = /[*?{]/;
/** In these the characters themselves are meant. */
const ESCAPED_MARK = /[\\^$.*+?()[\]{}|/-]/;
const MIN_LENGTH = 2;

/** The longest such text; undefined if none is sure. ASCII alone: other letters have cases of their own. */
export function literalOf(source: string, flags: string): string | undefined {
  if (namesEscape(source)) {
    return undefined;
  }
  const runs: string[] = [];
  let run = "";
  const end = () => {
    runs.push(run);
    run = "";
  };
  for (let at = 0; at < source.length; ) {
    const mark = source.charAt(at);
    if (mark === "|") {
      // Outside of all groups: none of the texts is needed.
      return undefined;
    }
    const isEscaped = mark === "\\" && ESCAPED_MARK.test(source.charAt(at + 1));
    if (isEscaped || /[ -~]/.test(mark)) {
      const next = at + (isEscaped ? 2 : 1);
      const character = isEscaped ? source.charAt(at + 1) : mark;
      if (isEscaped || !/[\\^$.*+?()[\]{}|]/.test(mark)) {
        if (OPTIONAL.test(source.charAt(next))) {
          end();
        } else {
          run += character;
        }
        at = next;
        continue;
      }
    }
    end();
    at = skip(source, at);
  }
  end();
  // With both flags a few letters beyond ASCII are equal to s and k.
  const isSure = (text: string) =>
    text.length >= MIN_LENGTH && !(/i/.test(flags) && /u/.test(flags) && /[sk]/i.test(text));
  return runs.filter(isSure).sort((one, other) => other.length - one.length)[0];
}

/** Behind a group, a class, an escape with its digits, a counted repetition, or one mark. */
function skip(source: string, start: number): number {
  switch (source[start]) {
    case "(":
      return closing(source, start);
    case "[":
      return classEnd(source, start);
    case "{": {
      const end = source.indexOf("}", start);
      return end === -1 ? source.length : end + 1;
    }
    case "\\": {
      const written = /^\\(?:u\{[^}]*\}|u[\da-f]{4}|x[\da-f]{2}|c[a-z]|[pP]\{[^}]*\}|k<[^>]*>|\d+|.)/is.exec(
        source.slice(start),
      );
      return start + (written?.[0].length ?? 1);
    }
    default:
      return start + 1;
  }
}

function closing(source: string, start: number): number {
  let open = 0;
  for (let at = start; at < source.length; ) {
    const mark = source[at];
    if (mark === "(") {
      open += 1;
    } else if (mark === ")") {
      open -= 1;
      if (open === 0) {
        return at + 1;
      }
    }
    at = mark === "[" ? classEnd(source, at) : at + (mark === "\\" ? 2 : 1);
  }
  return source.length;
}

function classEnd(source: string, start: number): number {
  for (let at = start + 1; at < source.length; at += 1) {
    if (source[at] === "\\") {
      at += 1;
    } else if (source[at] === "]") {
      return at + 1;
    }
  }
  return source.length;
}
