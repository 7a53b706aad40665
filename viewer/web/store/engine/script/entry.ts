/** A line to what the index needs of it: `viewer/wasm/src/entry.rs` in JavaScript. */

import { type LevelCode, MALFORMED } from "../../protocol";
import { unescapeInto } from "./escape";
import { LINE_END, LOWER_N, NONE, OPEN_BRACE, QUOTE, type Reader } from "./json";
import { MAX_TIMESTAMP_BYTES, parseTime } from "./time";

/** Which keys an entry has so far, each with a value of the protocol's type. */
const TIMESTAMP = 1;
const LEVEL = 2;
const TARGET = 4;
const MESSAGE = 8;
const FIELDS = 16;
const SPAN = 32;
const ALL = 63;
const TEXTS = TIMESTAMP | LEVEL | TARGET | MESSAGE;

const encoder = new TextEncoder();
const bytesOf = (text: string) => encoder.encode(text);

const TIMESTAMP_KEY = bytesOf("timestamp");
const LEVEL_KEY = bytesOf("level");
const TARGET_KEY = bytesOf("target");
const MESSAGE_KEY = bytesOf("message");
const FIELDS_KEY = bytesOf("fields");
const SPAN_KEY = bytesOf("span");
const TRACE_ID_KEY = bytesOf("trace_id");

const LEVELS = new Map<string, LevelCode>([
  ["TRACE", 0],
  ["DEBUG", 0],
  ["WARN", 2],
  ["WARNING", 2],
  ["ERROR", 3],
  ["FATAL", 3],
  ["CRITICAL", 3],
  ["ALERT", 3],
  ["EMERGENCY", 3],
]);
/** By their numbers. */
const PLAIN_LEVELS = ["DEBUG", "INFO", "WARN", "ERROR"].map(bytesOf);

/** A timestamp is the longest text that is read; an escape takes six bytes. */
const MAX_ESCAPED_BYTES = MAX_TIMESTAMP_BYTES * 6;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Reads lines; what it found in the last one stands in it. */
export class EntryReader {
  readonly #reader: Reader;
  readonly #unescaped = new Uint8Array(MAX_ESCAPED_BYTES);
  level: LevelCode | typeof MALFORMED = MALFORMED;
  timeMs = Number.NaN;
  targetStart = 0;
  targetEnd = 0;
  trace = 0;
  #timestampStart = 0;
  #timestampEnd = 0;
  #timestampHasEscapes = false;
  #levelStart = 0;
  #levelEnd = 0;
  #levelHasEscapes = false;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  /** Reads the line that begins at `start`. Returns where it ends; `NONE` if it is no entry, or the visitor had enough. */
  read(start: number): number {
    const reader = this.#reader;
    const brace = reader.skipSpace(start);
    if (reader.peek(brace) !== OPEN_BRACE) {
      return NONE;
    }
    let rights = FIELDS | SPAN;
    this.trace = 0;
    let end = brace + 1;
    for (let at = reader.firstKey(end); at !== NONE; at = reader.nextKey(end)) {
      const value = reader.key(at);
      if (value === NONE) {
        return NONE;
      }
      const key = this.#key();
      end = this.#member(key, value);
      if (end === NONE) {
        return NONE;
      }
      rights = isRight(key, reader.peek(value)) ? rights | key : rights & ~key;
    }
    end = reader.close(end);
    if (end === NONE || rights !== ALL) {
      return NONE;
    }
    end = reader.skipSpace(end);
    if (reader.peek(end) !== LINE_END) {
      return NONE;
    }
    this.#finish();
    return end;
  }

  /** The bit of the key that was read; 0 for one that means nothing. */
  #key(): number {
    const { bytes, keyStart, keyEnd, keyHasEscapes } = this.#reader;
    if (keyHasEscapes) {
      const text = this.#unescape(keyStart, keyEnd);
      return keyOf(text, 0, text.length);
    }
    return keyOf(bytes, keyStart, keyEnd);
  }

  /** Reads a value. Returns where it ends. */
  #member(key: number, value: number): number {
    const reader = this.#reader;
    const first = reader.peek(value);
    if ((key & TEXTS) !== 0 && first === QUOTE) {
      const end = reader.stringValue(value);
      if (key === TIMESTAMP) {
        this.#timestampStart = value + 1;
        this.#timestampEnd = end;
        this.#timestampHasEscapes = reader.hasEscapes;
      } else if (key === LEVEL) {
        this.#levelStart = value + 1;
        this.#levelEnd = end;
        this.#levelHasEscapes = reader.hasEscapes;
      } else if (key === TARGET) {
        this.targetStart = value + 1;
        this.targetEnd = end;
      }
      return end === NONE ? NONE : end + 1;
    }
    if (key === SPAN) {
      this.trace = 0;
      if (first === OPEN_BRACE) {
        return this.#span(value + 1);
      }
    }
    return reader.skipValue(value);
  }

  /** Reads a span, from behind its brace. Returns where it ends. */
  #span(start: number): number {
    const reader = this.#reader;
    let end = start;
    for (let at = reader.firstKey(end); at !== NONE; at = reader.nextKey(end)) {
      const value = reader.key(at);
      if (value === NONE) {
        return NONE;
      }
      const isTrace = this.#isTraceId();
      if (isTrace && reader.peek(value) === QUOTE) {
        end = reader.stringValue(value);
        if (end === NONE) {
          return NONE;
        }
        this.trace = fnv1a(reader.bytes, value + 1, end);
        end += 1;
      } else {
        this.trace = isTrace ? 0 : this.trace;
        end = reader.skipValue(value);
        if (end === NONE) {
          return NONE;
        }
      }
    }
    return reader.close(end);
  }

  #isTraceId(): boolean {
    const { bytes, keyStart, keyEnd, keyHasEscapes } = this.#reader;
    if (keyHasEscapes) {
      const text = this.#unescape(keyStart, keyEnd);
      return equals(text, 0, text.length, TRACE_ID_KEY);
    }
    return equals(bytes, keyStart, keyEnd, TRACE_ID_KEY);
  }

  #finish(): void {
    const { bytes } = this.#reader;
    if (this.#timestampHasEscapes) {
      const text = this.#unescape(this.#timestampStart, this.#timestampEnd);
      this.timeMs = parseTime(text, 0, text.length);
    } else {
      this.timeMs = parseTime(bytes, this.#timestampStart, this.#timestampEnd);
    }
    this.level = this.#levelOf();
  }

  #levelOf(): LevelCode {
    const { bytes } = this.#reader;
    const plain = PLAIN_LEVELS.findIndex((name) => equals(bytes, this.#levelStart, this.#levelEnd, name));
    if (plain !== -1) {
      return plain as LevelCode;
    }
    const text = this.#levelHasEscapes
      ? this.#unescape(this.#levelStart, this.#levelEnd)
      : bytes.subarray(this.#levelStart, this.#levelEnd);
    return LEVELS.get(decoder.decode(text).toUpperCase()) ?? 1;
  }

  /** What a text with escapes stands for. One that is too long to mean anything stays as it is. */
  #unescape(start: number, end: number): Uint8Array {
    const { bytes } = this.#reader;
    if (end - start > MAX_ESCAPED_BYTES) {
      return bytes.subarray(start, end);
    }
    return this.#unescaped.subarray(0, unescapeInto(bytes, start, end, this.#unescaped));
  }
}

/** The bit of a key; 0 for one that means nothing. */
function keyOf(bytes: Uint8Array, start: number, end: number): number {
  switch (end - start) {
    case 9:
      return equals(bytes, start, end, TIMESTAMP_KEY) ? TIMESTAMP : 0;
    case 5:
      return equals(bytes, start, end, LEVEL_KEY) ? LEVEL : 0;
    case 7:
      return equals(bytes, start, end, MESSAGE_KEY) ? MESSAGE : 0;
    case 6:
      if (equals(bytes, start, end, TARGET_KEY)) {
        return TARGET;
      }
      return equals(bytes, start, end, FIELDS_KEY) ? FIELDS : 0;
    case 4:
      return equals(bytes, start, end, SPAN_KEY) ? SPAN : 0;
    default:
      return 0;
  }
}

/** Whether a value that begins so is one that the protocol has for the key. The value was read without a fault. */
function isRight(key: number, first: number): boolean {
  return (key & TEXTS) !== 0 ? first === QUOTE : first === OPEN_BRACE || first === LOWER_N;
}

export function equals(bytes: Uint8Array, start: number, end: number, other: Uint8Array): boolean {
  if (end - start !== other.length) {
    return false;
  }
  for (let index = 0; index < other.length; index += 1) {
    if (bytes[start + index] !== other[index]) {
      return false;
    }
  }
  return true;
}

function fnv1a(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at += 1) {
    hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  }
  return hash >>> 0;
}
