/** Codes by which text moves a terminal's colours and cursor: `viewer/wasm/src/terminal.rs` in JavaScript. */

export const ESC = 0x1b;
const OPEN_BRACKET = 0x5b;

/** Takes the control sequences out of the first `length` bytes of `text`. Returns how many bytes are left. */
export function withoutCodes(text: Uint8Array, length: number): number {
  let kept = text.subarray(0, length).indexOf(ESC);
  if (kept === -1) {
    return length;
  }
  const skip = (from: number, first: number, last: number) => {
    let at = from;
    while (at < length && (text[at] ?? 0) >= first && (text[at] ?? 0) <= last) {
      at += 1;
    }
    return at;
  };
  for (let at = kept; at < length; ) {
    if (text[at] === ESC && text[at + 1] === OPEN_BRACKET && at + 1 < length) {
      const end = skip(skip(at + 2, 0x30, 0x3f), 0x20, 0x2f);
      at = Math.min(end + 1, skip(end, 0x40, 0x7e));
    } else {
      text[kept] = text[at] ?? 0;
      kept += 1;
      at += 1;
    }
  }
  return kept;
}
