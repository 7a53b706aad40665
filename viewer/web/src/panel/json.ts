/**
 * JSON as it was sent: keys in their order, also twice, and numbers as their digits. A reader of its own, because objects
 * of JavaScript keep neither. Nothing throws.
 */

export type JsonNode = JsonObject | JsonArray | JsonLeaf;

export interface JsonObject {
  readonly kind: "object";
  readonly members: readonly (readonly [key: string, value: JsonNode])[];
}

export interface JsonArray {
  readonly kind: "array";
  readonly items: readonly JsonNode[];
}

/** `text` is a string's characters, or what was written of any other value. */
export interface JsonLeaf {
  readonly kind: "string" | "number" | "literal" | "deep";
  readonly text: string;
}

/** What is nested deeper is shown as it was written. */
const MAX_DEPTH = 200;

const TOKEN =
  /\s*(?:([{}[\],:])|"([^"\\]*(?:\\.[^"\\]*)*)"|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null))/suy;

/** Reads JSON; undefined if the text is none. */
export function readJson(text: string): JsonNode | undefined {
  const reader = new Reader(text);
  const value = reader.value(0);
  return value !== undefined && reader.isAtEnd() ? value : undefined;
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  isAtEnd(): boolean {
    return this.#text.slice(this.#at).trim() === "";
  }

  value(depth: number): JsonNode | undefined {
    const start = this.#at;
    const token = this.#token();
    if (token?.[2] !== undefined) {
      return { kind: "string", text: unescapeString(token[2]) };
    }
    if (token?.[3] !== undefined) {
      return { kind: "number", text: token[3] };
    }
    if (token?.[4] !== undefined) {
      return { kind: "literal", text: token[4] };
    }
    if (token?.[1] !== "{" && token?.[1] !== "[") {
      return undefined;
    }
    if (depth >= MAX_DEPTH) {
      this.#at = start;
      return this.#deep();
    }
    return token[1] === "{" ? this.#object(depth) : this.#array(depth);
  }

  #object(depth: number): JsonNode | undefined {
    const members: [string, JsonNode][] = [];
    if (this.#takes("}")) {
      return { kind: "object", members };
    }
    for (;;) {
      const key = this.#token()?.[2];
      if (key === undefined || !this.#takes(":")) {
        return undefined;
      }
      const value = this.value(depth + 1);
      if (value === undefined) {
        return undefined;
      }
      members.push([unescapeString(key), value]);
      if (this.#takes("}")) {
        return { kind: "object", members };
      }
      if (!this.#takes(",")) {
        return undefined;
      }
    }
  }

  #array(depth: number): JsonNode | undefined {
    const items: JsonNode[] = [];
    if (this.#takes("]")) {
      return { kind: "array", items };
    }
    for (;;) {
      const value = this.value(depth + 1);
      if (value === undefined) {
        return undefined;
      }
      items.push(value);
      if (this.#takes("]")) {
        return { kind: "array", items };
      }
      if (!this.#takes(",")) {
        return undefined;
      }
    }
  }

  /** An object or array as it was written. */
  #deep(): JsonNode | undefined {
    const start = this.#at;
    let open = 0;
    do {
      const mark = this.#token();
      if (mark === undefined) {
        return undefined;
      }
      if (mark[1] === "{" || mark[1] === "[") {
        open += 1;
      } else if (mark[1] === "}" || mark[1] === "]") {
        open -= 1;
      }
    } while (open > 0);
    return { kind: "deep", text: this.#text.slice(start, this.#at).trim() };
  }

  #takes(mark: string): boolean {
    const before = this.#at;
    if (this.#token()?.[1] === mark) {
      return true;
    }
    this.#at = before;
    return false;
  }

  #token(): RegExpExecArray | undefined {
    TOKEN.lastIndex = this.#at;
    const token = TOKEN.exec(this.#text);
    if (token === null) {
      return undefined;
    }
    this.#at = TOKEN.lastIndex;
    return token;
  }
}

function unescapeString(escaped: string): string {
  if (!escaped.includes("\\")) {
    return escaped;
  }
  try {
    return String(JSON.parse(`"${escaped}"`));
  } catch {
    return escaped;
  }
}

/** JSON over several lines, every digit and key in place. */
export function prettyJson(node: JsonNode, indent = ""): string {
  const inner = `${indent}  `;
  switch (node.kind) {
    case "object":
      return block(
        "{}",
        indent,
        node.members,
        ([key, value]) => `${quote(key)}: ${prettyJson(value, inner)}`,
      );
    case "array":
      return block("[]", indent, node.items, (item) => prettyJson(item, inner));
    case "string":
      return quote(node.text);
    default:
      return node.text;
  }
}

function block<Part>(
  marks: "{}" | "[]",
  indent: string,
  parts: readonly Part[],
  write: (part: Part) => string,
): string {
  if (parts.length === 0) {
    return marks;
  }
  const lines = parts.map((part) => `${indent}  ${write(part)}`).join(",\n");
  return `${marks[0]}\n${lines}\n${indent}${marks[1]}`;
}

function quote(text: string): string {
  return JSON.stringify(text);
}

/** A value as the text that a query or the clipboard takes: a string without its quotes. */
export function textOf(node: JsonNode): string {
  return node.kind === "object" || node.kind === "array" ? prettyJson(node) : node.text;
}

/** The member of an object; the last one of equal keys. */
export function member(node: JsonNode | undefined, key: string): JsonNode | undefined {
  return node?.kind === "object" ? node.members.findLast(([name]) => name === key)?.[1] : undefined;
}

/** The member's text, if it is a string or number. */
export function memberText(node: JsonNode | undefined, key: string): string | undefined {
  const value = member(node, key);
  return value?.kind === "string" || value?.kind === "number" ? value.text : undefined;
}
