/**
 * Log text made fit to be seen: control characters become symbols, ANSI colours become classes, and characters that reorder
 * text are named. Nothing here makes markup.
 */

import { shownText } from "../store/query/shown";
import { type Piece, readColours } from "./ansi/read";

export interface SafeOptions {
  /** Whether line ends and tabs stay, as in a `pre`; else they are shown as a symbol, and as a space. */
  readonly keepsLines?: boolean;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
const UNSAFE = /\r\n|[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;
/** Text without ANSI sequences, and with symbols for everything that does not show. */
export function safeText(text: string, options: SafeOptions = {}): string {
  return showControls(shownText(text), options);
}

/** Text in pieces of one style each. */
export function safePieces(text: string, options: SafeOptions = {}): readonly Piece[] {
  return readColours(text).map(({ text: piece, className }) => ({
    text: showControls(piece, options),
    className,
  }));
}

function showControls(text: string, { keepsLines = false }: SafeOptions): string {
  return text.replace(UNSAFE, (found) => symbolOf(found, keepsLines));
}

function symbolOf(found: string, keepsLines: boolean): string {
  if (found === "\n" || found === "\r\n" || found === "\u2028" || found === "\u2029") {
    return keepsLines ? "\n" : "⏎";
  }
  if (found === "\t") {
    return keepsLines ? "\t" : " ";
  }
  const code = found.charCodeAt(0);
  if (code < 0x20) {
    return String.fromCharCode(0x2400 + code);
  }
  return code === 0x7f ? "␡" : `[U+${code.toString(16).toUpperCase().padStart(4, "0")}]`;
}
