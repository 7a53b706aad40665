/** Escapes of JSON strings to what they stand for, over bytes. */

import { BACKSLASH, hexDigit } from "./json";

const SIMPLE = new Map(
  Object.entries({ b: 8, f: 12, n: 10, r: 13, t: 9 }).map(([name, byte]) => [name.charCodeAt(0), byte]),
);
const LOWER_U = 0x75;
const REPLACEMENT = 0xfffd;

/**
 * Writes what the inside of a JSON string stands for, as UTF-8, into `out`: never more bytes than it has. Returns how many.
 * The string was read without a fault. Half a surrogate pair becomes U+FFFD.
 */
export function unescapeInto(bytes: Uint8Array, start: number, end: number, out: Uint8Array): number {
  let length = 0;
  let at = start;
  while (at < end) {
    const byte = bytes[at] ?? 0;
    if (byte !== BACKSLASH) {
      out[length] = byte;
      length += 1;
      at += 1;
      continue;
    }
    const kind = bytes[at + 1] ?? 0;
    if (kind === LOWER_U) {
      const unit = hex(bytes, at + 2);
      const low = isEscape(bytes, at + 6, end) ? hex(bytes, at + 8) : 0;
      const isPair = isWithin(unit, 0xd800) && isWithin(low, 0xdc00);
      const code = isPair ? 0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00) : unit;
      length = pushCharacter(out, length, code);
      at += isPair ? 12 : 6;
    } else {
      out[length] = SIMPLE.get(kind) ?? kind;
      length += 1;
      at += 2;
    }
  }
  return length;
}

/** Whether `unit` is of the kind of surrogates that begins at `first`. */
function isWithin(unit: number, first: number): boolean {
  return unit >= first && unit < first + 0x400;
}

function isEscape(bytes: Uint8Array, at: number, end: number): boolean {
  return at + 6 <= end && bytes[at] === BACKSLASH && bytes[at + 1] === LOWER_U;
}

function hex(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let digit = at; digit < at + 4; digit += 1) {
    value = (value << 4) | hexDigit(bytes[digit] ?? 0);
  }
  return value;
}

function pushCharacter(out: Uint8Array, length: number, unit: number): number {
  const code = unit >= 0xd800 && unit < 0xe000 ? REPLACEMENT : unit;
  const more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x1_0000 ? 2 : 3;
  if (more === 0) {
    out[length] = code;
    return length + 1;
  }
  out[length] = ((0xff00 >> (more + 1)) & 0xff) | (code >> (6 * more));
  for (let rest = 1; rest <= more; rest += 1) {
    out[length + rest] = 0x80 | ((code >> (6 * (more - rest))) & 0x3f);
  }
  return length + more + 1;
}
