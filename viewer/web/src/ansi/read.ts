// biome-ignore-all lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
/** Terminal colours in log text, as classes. What a terminal would do beyond colours is never done. */

import { ESCAPE, HAS_ESCAPE } from "../../store/query/shown";
import { apply, classOf, plainLook } from "./look";

/** A stretch of text that looks the same throughout. */
export interface Piece {
  readonly text: string;
  /** Of `ansi.css`; empty for plain text. */
  readonly className: string;
}

const HAS_SEQUENCE = /[\x1b\x9b\x9d]/;
/** A colour sequence, or a link's beginning or end. What else an escape begins stays in the text. */
const SEQUENCE =
  /(?:\x1b\[|\x9b)([\d;:]{0,64})m|(?:\x1b\]|\x9d)8;[^;\x07\x1b\x9c\x9d]*;([^\x07\x1b\x9c\x9d]*)(?:\x07|\x1b\\|\x9c)/g;

/** Splits text at its colours, and shows all else that is in it: a link is followed by where it leads. */
export function readAnsi(text: string): readonly Piece[] {
  if (!HAS_SEQUENCE.test(text)) {
    return text === "" ? [] : [{ text, className: "" }];
  }
  const painter = new Painter();
  let link = { url: "", from: 0 };
  painter.paint(text, SEQUENCE, ([, codes, url]) => {
    if (codes !== undefined) {
      apply(painter.look, codes);
      return;
    }
    const label = textOf(painter.pieces.slice(link.from));
    if (link.url !== "" && link.url !== label) {
      painter.push(` ‹${link.url}›`, "ansi-dim");
    }
    link = { url: url ?? "", from: painter.pieces.length };
  });
  return painter.pieces;
}

/** Splits text at its colours, and leaves out all other escapes, for a line that has little room. */
export function readColours(text: string): readonly Piece[] {
  if (!HAS_ESCAPE.test(text)) {
    return text === "" ? [] : [{ text, className: "" }];
  }
  const painter = new Painter();
  painter.paint(text, ESCAPE, ([, codes = "", end]) => {
    if (end === "m") {
      apply(painter.look, codes);
    }
  });
  return painter.pieces;
}

/** Text without its colours, as it is copied and searched. */
export function withoutAnsi(text: string): string {
  return textOf(readAnsi(text));
}

class Painter {
  readonly look = plainLook();
  readonly pieces: Piece[] = [];

  push(text: string, className = classOf(this.look)): void {
    if (text !== "") {
      this.pieces.push({ text, className });
    }
  }

  /** Divides the text at its sequences, each of which is handed to `read`. */
  paint(text: string, sequences: RegExp, read: (sequence: RegExpMatchArray) => void): void {
    let end = 0;
    for (const sequence of text.matchAll(sequences)) {
      this.push(text.slice(end, sequence.index));
      end = sequence.index + sequence[0].length;
      read(sequence);
    }
    this.push(text.slice(end));
  }
}

function textOf(pieces: readonly Piece[]): string {
  return pieces.map(({ text }) => text).join("");
}
