/**
 * JSON as it was sent: a number keeps its digits, and an object the order of its keys. `JSON.parse` changes both. Nothing
 * throws.
 */

/** What `JSON.parse` cannot keep, as it was written: a number, or what is nested too deeply. */
export class Raw {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  get isNumber(): boolean {
    return !this.text.startsWith("{") && !this.text.startsWith("[");
  }
}

export type Json = string | boolean | null | Raw | readonly Json[] | JsonObject;

/** Of equal keys the last one counts, as with `JSON.parse`. */
export type JsonObject = ReadonlyMap<string, Json>;

/** Deeper objects and arrays stay text. */
const MAX_DEPTH = 256;

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for; JSON forbids them in strings.
const CONTROL = /[\u0000-\u001f]/;

/** Reads JSON; undefined if the text is none. */
export function parseJson(text: string): Json | undefined {
  const parser = new Parser(text);
  const value = parser.value(0);
  return parser.isAtEnd() ? value : undefined;
}

/** Compact JSON, each number with its own digits. */
export function writeJson(value: Json): string {
  if (value instanceof Raw) {
    return value.text;
  }
  if (Array.isArray(value)) {
    return `[${value.map(writeJson).join(",")}]`;
  }
  if (value instanceof Map) {
    const members = [...value].map(([key, member]) => `${JSON.stringify(key)}:${writeJson(member)}`);
    return `{${members.join(",")}}`;
  }
  return JSON.stringify(value);
}

/** A value as a reader writes it: a string without quotes, anything else as JSON. */
export function textOf(value: Json): string {
  return typeof value === "string" ? value : writeJson(value);
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return value instanceof Map;
}

class Parser {
  readonly #text: string;
  #at = 0;
  readonly #hasControls: boolean;
  /** The next backslash at or behind `#at`; the length of the text if there is none. */
  #backslash = -1;

  constructor(text: string) {
    this.#text = text;
    this.#hasControls = CONTROL.test(text);
  }

  isAtEnd(): boolean {
    this.#skipSpace();
    return this.#at === this.#text.length;
  }

  value(depth: number): Json | undefined {
    this.#skipSpace();
    switch (this.#text.charCodeAt(this.#at)) {
      case 0x22:
        return this.#string();
      case 0x7b:
        return depth < MAX_DEPTH ? this.#object(depth) : this.#raw();
      case 0x5b:
        return depth < MAX_DEPTH ? this.#array(depth) : this.#raw();
      case 0x74:
        return this.#literal("true", true);
      case 0x66:
        return this.#literal("false", false);
      case 0x6e:
        return this.#literal("null", null);
      default:
        return this.#number();
    }
  }

  #object(depth: number): JsonObject | undefined {
    const members = new Map<string, Json>();
    this.#at += 1;
    if (this.#takes(0x7d)) {
      return members;
    }
    for (;;) {
      this.#skipSpace();
      const key = this.#text.charCodeAt(this.#at) === 0x22 ? this.#string() : undefined;
      if (key === undefined || !this.#takes(0x3a)) {
        return undefined;
      }
      const value = this.value(depth + 1);
      if (value === undefined) {
        return undefined;
      }
      members.set(key, value);
      if (this.#takes(0x7d)) {
        return members;
      }
      if (!this.#takes(0x2c)) {
        return undefined;
      }
    }
  }

  #array(depth: number): readonly Json[] | undefined {
    const items: Json[] = [];
    this.#at += 1;
    if (this.#takes(0x5d)) {
      return items;
    }
    for (;;) {
      const value = this.value(depth + 1);
      if (value === undefined) {
        return undefined;
      }
      items.push(value);
      if (this.#takes(0x5d)) {
        return items;
      }
      if (!this.#takes(0x2c)) {
        return undefined;
      }
    }
  }

  #string(): string | undefined {
    const text = this.#text;
    const start = this.#at + 1;
    let end = text.indexOf('"', start);
    if (end === -1) {
      return undefined;
    }
    if (this.#backslash < start) {
      const found = text.indexOf("\\", start);
      this.#backslash = found === -1 ? text.length : found;
    }
    if (this.#backslash > end) {
      this.#at = end + 1;
      const plain = text.slice(start, end);
      return this.#hasControls && CONTROL.test(plain) ? undefined : plain;
    }
    while (isEscaped(text, end)) {
      end = text.indexOf('"', end + 1);
      if (end === -1) {
        return undefined;
      }
    }
    this.#at = end + 1;
    try {
      return String(JSON.parse(text.slice(start - 1, end + 1)));
    } catch {
      return undefined;
    }
  }

  #number(): Raw | undefined {
    NUMBER.lastIndex = this.#at;
    const digits = NUMBER.exec(this.#text)?.[0];
    if (digits === undefined) {
      return undefined;
    }
    this.#at += digits.length;
    return new Raw(digits);
  }

  #literal(word: string, value: boolean | null): boolean | null | undefined {
    if (!this.#text.startsWith(word, this.#at)) {
      return undefined;
    }
    this.#at += word.length;
    return value;
  }

  /** An object or array as it was written. */
  #raw(): Raw | undefined {
    const start = this.#at;
    let open = 0;
    do {
      const mark = this.#text.charCodeAt(this.#at);
      if (Number.isNaN(mark)) {
        return undefined;
      }
      if (mark === 0x22) {
        if (this.#string() === undefined) {
          return undefined;
        }
        continue;
      }
      if (mark === 0x7b || mark === 0x5b) {
        open += 1;
      } else if (mark === 0x7d || mark === 0x5d) {
        open -= 1;
      }
      this.#at += 1;
    } while (open > 0);
    return new Raw(this.#text.slice(start, this.#at));
  }

  #takes(mark: number): boolean {
    this.#skipSpace();
    if (this.#text.charCodeAt(this.#at) !== mark) {
      return false;
    }
    this.#at += 1;
    return true;
  }

  #skipSpace(): void {
    for (;;) {
      const mark = this.#text.charCodeAt(this.#at);
      if (mark !== 0x20 && mark !== 0x09 && mark !== 0x0a && mark !== 0x0d) {
        return;
      }
      this.#at += 1;
    }
  }
}

/** Whether the character at `at` stands behind an odd number of backslashes. */
export function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (first > 0 && text.charCodeAt(first - 1) === 0x5c) {
    first -= 1;
  }
  return (at - first) % 2 === 1;
}
