/**
 * Text without case, as the engine compares it: letter by letter, and only where both letters are equally long in UTF-8.
 * So "ẞ" stays as it is, and all three sigmas are one.
 */

/** Letters whose small ones are longer or shorter. */
const KEPT =
  /[\u0130\u023a\u023e\u1e9e\u2126\u212a\u212b\u2c62\u2c64\u2c6d-\u2c70\u2c7e\u2c7f\ua78d\ua7aa-\ua7ae\ua7b0-\ua7b2\ua7c5\ua7cb\ua7dc]/;

export function fold(text: string): string {
  if (!KEPT.test(text)) {
    return small(text);
  }
  return text
    .split(new RegExp(`(${KEPT.source})`))
    .map((part, index) => (index % 2 === 1 ? part : small(part)))
    .join("");
}

function small(text: string): string {
  // At the end of a word `toLowerCase` makes another sigma than elsewhere.
  return text.toLowerCase().replaceAll("ς", "σ");
}
