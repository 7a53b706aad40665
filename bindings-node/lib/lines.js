"use strict";

/** Lines of a text that arrives in pieces, cut anywhere. */

const { StringDecoder } = require("node:string_decoder");

/** A longer line is cut here, and logged as it is; the rest of it is left out. An entry has at most 64 KiB. */
const MAX_LINE_LENGTH = 8 * 1024 * 1024;

class Lines {
  #decoder = new StringDecoder("utf8");
  /** The beginning of a line whose end has not arrived. */
  #rest = "";
  #isCut = false;

  /** Takes a piece, and returns every line that it completes, as one text; empty if there is none. @param {string | Buffer} piece */
  take(piece) {
    let text = typeof piece === "string" ? piece : this.#decoder.write(piece);
    if (this.#isCut) {
      const start = text.indexOf("\n") + 1;
      if (start === 0) {
        return "";
      }
      text = text.slice(start);
      this.#isCut = false;
    }
    const end = text.lastIndexOf("\n") + 1;
    if (end === 0) {
      this.#rest += text;
      return this.#rest.length > MAX_LINE_LENGTH ? this.#cut() : "";
    }
    const lines = this.#rest + text.slice(0, end);
    this.#rest = text.slice(end);
    return lines;
  }

  /** What is left without an end of line. */
  end() {
    const last = this.#isCut ? "" : this.#rest + this.#decoder.end();
    this.#rest = "";
    return last;
  }

  #cut() {
    const line = this.#rest;
    this.#rest = "";
    this.#isCut = true;
    return line;
  }
}

module.exports = { Lines };
