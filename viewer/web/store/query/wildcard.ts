/** Patterns in which `*` stands for any text. `\*` is a star, `\\` a backslash; a backslash before anything else is itself. */

import { fold } from "./fold";

/** A text as a pattern that only it matches. */
export function escapePattern(text: string): string {
  return text.replace(/[\\*]/g, "\\$&");
}

/** The texts between the stars: one if there is no star. */
export function patternParts(pattern: string): string[] {
  const parts: string[] = [];
  let part = "";
  for (let at = 0; at < pattern.length; at += 1) {
    const mark = pattern[at];
    const next = pattern[at + 1];
    if (mark === "*") {
      parts.push(part);
      part = "";
    } else if (mark === "\\" && (next === "*" || next === "\\")) {
      part += next;
      at += 1;
    } else {
      part += mark;
    }
  }
  return [...parts, part];
}

/** Whether a text matches, compared without case. Takes time in proportion to the text. */
export function compilePattern(pattern: string): (text: string) => boolean {
  const [first = "", ...rest] = patternParts(pattern).map(fold);
  const last = rest.pop();
  if (last === undefined) {
    return (text) => fold(text) === first;
  }
  return (text) => {
    const folded = fold(text);
    const end = folded.length - last.length;
    if (!folded.startsWith(first) || !folded.endsWith(last)) {
      return false;
    }
    let at = first.length;
    for (const part of rest) {
      const found = folded.indexOf(part, at);
      if (found === -1) {
        return false;
      }
      at = found + part.length;
    }
    return at <= end;
  };
}
