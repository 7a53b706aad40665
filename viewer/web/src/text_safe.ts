/**
 * Log text made fit to be seen: control characters become symbols, ANSI colours become classes, and characters that reorder
 * text are named. Nothing here makes markup.
 */

/** A piece of text with the classes that stand for its ANSI colours; empty for plain text. */
export interface Piece {
  readonly text: string;
  readonly className: string;
}

export interface SafeOptions {
  /** Whether line ends and tabs stay, as in a `pre`; else they are shown as a symbol, and as a space. */
  readonly keepsLines?: boolean;
}

/** CSI and OSC sequences, and other escapes of two characters. An unfinished one reaches to the end of what can be one. */
const ESCAPE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
  /(?:\u001b\[|\u009b)([0-?]*)[ -/]*([@-~]?)|\u001b[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b[ -/]*[0-Z\\-~]?/g;

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
const UNSAFE = /\r\n|[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
const HAS_ESCAPE = /[\u001b\u009b]/;

/** Text without ANSI sequences, and with symbols for everything that does not show. */
export function safeText(text: string, options: SafeOptions = {}): string {
  return showControls(HAS_ESCAPE.test(text) ? text.replace(ESCAPE, "") : text, options);
}

/** Text in pieces of one style each. */
export function safePieces(text: string, options: SafeOptions = {}): Piece[] {
  if (!HAS_ESCAPE.test(text)) {
    return [{ text: showControls(text, options), className: "" }];
  }
  const pieces: Piece[] = [];
  let style = PLAIN;
  let end = 0;
  const push = (piece: string) => {
    if (piece !== "") pieces.push({ text: showControls(piece, options), className: classOf(style) });
  };
  for (const match of text.matchAll(ESCAPE)) {
    push(text.slice(end, match.index));
    end = match.index + match[0].length;
    if (match[2] === "m") {
      style = applySgr(style, match[1] ?? "");
    }
  }
  push(text.slice(end));
  return pieces;
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

interface Style {
  /** 0 to 15, or -1 for the text's own. */
  readonly colour: number;
  readonly isBold: boolean;
  readonly isItalic: boolean;
  readonly isUnderlined: boolean;
}

const PLAIN: Style = { colour: -1, isBold: false, isItalic: false, isUnderlined: false };

function applySgr(before: Style, parameters: string): Style {
  let style = before;
  const codes = parameters.split(/[;:]/).map((code) => (code === "" ? 0 : Number(code)));
  for (let index = 0; index < codes.length; index += 1) {
    const code = codes[index] ?? 0;
    if (code === 38 || code === 48) {
      const [colour, used] = extendedColour(codes.slice(index + 1));
      index += used;
      // Backgrounds are left out: text on one has to be legible in two themes.
      if (code === 38) style = { ...style, colour };
    } else {
      style = applyCode(style, code);
    }
  }
  return style;
}

function applyCode(style: Style, code: number): Style {
  if (code >= 30 && code <= 37) return { ...style, colour: code - 30 };
  if (code >= 90 && code <= 97) return { ...style, colour: code - 82 };
  switch (code) {
    case 0:
      return PLAIN;
    case 1:
      return { ...style, isBold: true };
    case 3:
      return { ...style, isItalic: true };
    case 4:
      return { ...style, isUnderlined: true };
    case 22:
      return { ...style, isBold: false };
    case 23:
      return { ...style, isItalic: false };
    case 24:
      return { ...style, isUnderlined: false };
    case 39:
      return { ...style, colour: -1 };
    default:
      return style;
  }
}

/** `5;n` or `2;r;g;b`: the nearest of the sixteen colours, and how many numbers it took. */
function extendedColour([kind, first = 0, second = 0, third = 0]: number[]): [number, number] {
  if (kind === 5) {
    return [first < 16 ? first : nearest(...cubeColour(first)), 2];
  }
  return kind === 2 ? [nearest(first, second, third), 4] : [-1, 1];
}

function cubeColour(code: number): [number, number, number] {
  if (code >= 232) {
    const grey = (code - 232) * 10 + 8;
    return [grey, grey, grey];
  }
  const part = (value: number) => (value === 0 ? 0 : value * 40 + 55);
  const index = code - 16;
  return [part(Math.floor(index / 36)), part(Math.floor(index / 6) % 6), part(index % 6)];
}

/** Of the eight dark ones: the page's palette is legible in both themes. */
function nearest(red: number, green: number, blue: number): number {
  const most = Math.max(red, green, blue);
  if (most - Math.min(red, green, blue) < 40) {
    return -1;
  }
  const isOn = (part: number) => part > most / 2;
  return (isOn(red) ? 1 : 0) + (isOn(green) ? 2 : 0) + (isOn(blue) ? 4 : 0);
}

function classOf({ colour, isBold, isItalic, isUnderlined }: Style): string {
  return [
    colour >= 0 ? `ansi-${colour % 8}` : "",
    isBold ? "ansi-bold" : "",
    isItalic ? "ansi-italic" : "",
    isUnderlined ? "ansi-underlined" : "",
  ]
    .filter((name) => name !== "")
    .join(" ");
}
