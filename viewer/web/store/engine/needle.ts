/** A needle as both engines look for it: its two spellings as folded bytes, and which letters are equal in it. */

import type { Needle } from "./engine";

export interface PreparedNeedle {
  /** The text itself. */
  readonly plain: Uint8Array;
  /** As JSON writes it, between its quotes. */
  readonly escaped: Uint8Array;
  readonly ignoresCase: boolean;
  /** Characters beyond ASCII, each with the one that stands for it: equally many bytes. */
  readonly folds: readonly (readonly [from: Uint8Array, to: Uint8Array])[];
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

export function prepareNeedle({ text, ignoresCase }: Needle): PreparedNeedle {
  // Half a surrogate pair has no UTF-8.
  const wellFormed = decoder.decode(encoder.encode(text));
  const folded = ignoresCase ? Array.from(wellFormed, fold).join("") : wellFormed;
  return {
    plain: encoder.encode(folded),
    escaped: encoder.encode(JSON.stringify(folded).slice(1, -1)),
    ignoresCase,
    folds: ignoresCase ? foldsOf(folded) : [],
  };
}

/** The character that stands for all those that differ from it in case alone, and have as many bytes. */
function fold(character: string): string {
  const candidates = [character.toUpperCase().toLowerCase(), character.toLowerCase()];
  const length = encoder.encode(character).length;
  return candidates.find((lower) => isOne(lower) && encoder.encode(lower).length === length) ?? character;
}

function isOne(text: string): boolean {
  return Array.from(text).length === 1;
}

function foldsOf(folded: string): PreparedNeedle["folds"] {
  const characters = new Set(Array.from(folded).filter((character) => character > "\x7f"));
  return Array.from(characters).flatMap((to) =>
    (variants().get(to) ?? []).map((from) => [encoder.encode(from), encoder.encode(to)] as const),
  );
}

/** Where letters with two cases stand: between Latin 1 and Glagolitic, then the rest. */
const CASED = [
  [0x80, 0x2fff],
  [0xa640, 0xabff],
  [0xff21, 0xff5a],
  [0x1_0400, 0x1_04ff],
  [0x1_0c80, 0x1_0cff],
  [0x1_18a0, 0x1_18df],
  [0x1_6e40, 0x1_6e7f],
  [0x1_e900, 0x1_e943],
] as const;

let knownVariants: ReadonlyMap<string, readonly string[]> | undefined;

/** By each character that stands for others, those others. */
function variants(): ReadonlyMap<string, readonly string[]> {
  knownVariants ??= findVariants();
  return knownVariants;
}

function findVariants(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [first, last] of CASED) {
    for (let code = first; code <= last; code += 1) {
      const character = String.fromCodePoint(code);
      const to = fold(character);
      if (to !== character) {
        found.set(to, [...(found.get(to) ?? []), character]);
      }
    }
  }
  return found;
}
