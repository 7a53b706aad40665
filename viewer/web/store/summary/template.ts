/** Messages by what they have in common: `took 12 ms for "a"` and `took 7 ms for "b"` are one template. */

/** What is longer, or behind the first line, does not tell messages apart. */
const MAX_LENGTH = 500;

/** How a terminal's colours are written. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escapes are what it looks for
const COLOURS = /\x1b\[[\d;:]{0,64}m/g;

const QUOTED = /"[^"]*"|(?<!\w)'[^']*'(?!\w)/g;

/** What is masked in a word that has a digit. */
const MASKS =
  /(?<time>\b\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)|(?<ip>\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b|(?<![\w:])(?:[\da-f]{1,4}:){3,7}(?:[\da-f]{1,4}|:[\da-f]{0,4}))|(?<id>\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b|\b0x[\da-f]+|(?<![\da-z])(?=\d{0,64}[a-z])(?=[a-z]{0,64}\d)[\da-z]{8,}(?![\da-z]))|(?<number>(?<=^|[=:([,])-?\d+(?:[.,]\d+)*|\d+(?:[.,]\d+)*)/gi;

/** The first line of a message with what differs from one to the next as `‹n›`, `‹id›`, `‹ip›`, `‹time›` and `"‹…›"`. */
export function templateOf(message: string): string {
  const end = message.search(/[\r\n]/);
  const line = message.slice(0, Math.min(end === -1 ? message.length : end, MAX_LENGTH));
  return line
    .replace(COLOURS, "")
    .replace(QUOTED, (found) => `${found[0]}‹…›${found[0]}`)
    .split(" ")
    .map((word) => (/\d/.test(word) ? word.replace(MASKS, mask) : word))
    .join(" ");
}

function mask(_found: string, ...rest: unknown[]): string {
  const [time, ip, id] = rest;
  return time !== undefined ? "‹time›" : ip !== undefined ? "‹ip›" : id !== undefined ? "‹id›" : "‹n›";
}

/** The name of a template in a query: FNV-1a (32 bits) of its UTF-8, as 8 hexadecimal digits. */
export function hashTemplate(template: string): string {
  return fnv1a(template).toString(16).padStart(8, "0");
}

const ENCODER = new TextEncoder();

export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of ENCODER.encode(text)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return hash >>> 0;
}
