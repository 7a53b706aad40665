/** Walks over the values of a line of JSON without making objects of it. */

import { isEscaped } from "../json";

const BARE = /[^\s,:{}[\]"]+/y;
const COLON = /\s*:/y;

/**
 * Whether a value, at any depth, passes `test`: texts without their quotes, numbers by their digits, `true`, `false` and
 * `null`. Keys are none. The line is valid JSON.
 */
export function someValue(line: string, test: (text: string) => boolean): boolean {
  let at = 0;
  while (at < line.length) {
    const code = line.charCodeAt(at);
    if (code === 0x22) {
      const end = stringEnd(line, at);
      COLON.lastIndex = end;
      if (!COLON.test(line) && test(unquote(line.slice(at, end)))) {
        return true;
      }
      at = end;
    } else if (isStructure(code)) {
      at += 1;
    } else {
      BARE.lastIndex = at;
      const bare = BARE.exec(line)?.[0] ?? " ";
      if (test(bare)) {
        return true;
      }
      at += bare.length;
    }
  }
  return false;
}

const BEHIND_KEY = /\s*:\s*(?:"([^"\\]*)"|(-?\d[\d.eE+-]*)|(true|false|null)|)/y;
const WORDS = new Map<string, unknown>([
  ["true", true],
  ["false", false],
  ["null", null],
]);

/**
 * Whether a value behind a key passes `test`: `key` is the end of how it is written, with its quote. Of an object, a list or
 * a text with escapes nothing is known: those pass.
 */
export function someScalar(line: string, key: string, test: (value: unknown) => boolean): boolean {
  for (let at = line.indexOf(key); at !== -1; at = line.indexOf(key, at + key.length)) {
    BEHIND_KEY.lastIndex = at + key.length;
    const found = BEHIND_KEY.exec(line);
    if (found !== null) {
      const [, text, number, word] = found;
      const value = text ?? (number === undefined ? WORDS.get(word ?? "") : Number(number));
      if (value === undefined || test(value)) {
        return true;
      }
    }
  }
  return false;
}

function isStructure(code: number): boolean {
  // Spaces, comma, colon, brackets and braces.
  return (
    code <= 0x20 ||
    code === 0x2c ||
    code === 0x3a ||
    code === 0x5b ||
    code === 0x5d ||
    code === 0x7b ||
    code === 0x7d
  );
}

/** The offset behind the string that begins at `start`. */
function stringEnd(line: string, start: number): number {
  let end = line.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(line, end)) {
    end = line.indexOf('"', end + 1);
  }
  return end === -1 ? line.length : end + 1;
}

function unquote(quoted: string): string {
  if (!quoted.includes("\\")) {
    return quoted.slice(1, -1);
  }
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted.slice(1, -1);
  }
}
