/**
 * Text without case, as the engine compares it: character by character, and only where both are equally long in UTF-8.
 * So "ẞ" stays as it is, and all three sigmas are one.
 */

/** Beyond ASCII, characters that may have another case: all scripts that have cases lie there. */
const MAY_HAVE_CASE = /[\u0080-\u2fff\ua640-\uabff\uff21-\uff5a\ud801-\ud83a]/;

const ENCODER = new TextEncoder();
const known = new Map<string, string>();

export function fold(text: string): string {
  return MAY_HAVE_CASE.test(text) ? Array.from(text, foldCharacter).join("") : text.toLowerCase();
}

function foldCharacter(character: string): string {
  let folded = known.get(character);
  if (folded === undefined) {
    const length = ENCODER.encode(character).length;
    folded =
      [character.toUpperCase().toLowerCase(), character.toLowerCase()].find(
        (small) => Array.from(small).length === 1 && ENCODER.encode(small).length === length,
      ) ?? character;
    known.set(character, folded);
  }
  return folded;
}
