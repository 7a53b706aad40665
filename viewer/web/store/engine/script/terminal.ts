/** Terminal codes in bytes, which are not searched: `viewer/wasm/src/terminal.rs` in JavaScript. */

import { shownText } from "../../query/shown";

const ESC = 0x1b;
/** The bytes of U+009B, which is short for `ESC [`. */
const CSI = [0xc2, 0x9b] as const;
const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });
const ENCODER = new TextEncoder();

/** Where U+009B stands first from `from` on; -1 if it does not. */
export function indexOfCsi(bytes: Uint8Array, from: number): number {
  let at = bytes.indexOf(CSI[0], from);
  while (at !== -1 && bytes[at + 1] !== CSI[1]) {
    at = bytes.indexOf(CSI[0], at + 1);
  }
  return at;
}

/** Whether `text` has the beginning of a terminal code. */
export function hasCode(text: Uint8Array): boolean {
  return text.includes(ESC) || indexOfCsi(text, 0) !== -1;
}

/** `text` as it is shown; itself if it has no codes. */
export function withoutCodes(text: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return hasCode(text) ? ENCODER.encode(shownText(DECODER.decode(text))) : text;
}
