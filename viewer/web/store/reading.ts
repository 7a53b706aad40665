/** What the page shows of an entry, read out of its JSON. Nothing throws, and no number changes. */

import { isJsonObject, type Json, type JsonObject, parseJson, Raw, textOf, writeJson } from "./json";
import { MAX_ROW_TEXT } from "./protocol";

/** An entry: four texts, and if there are fields or a span, these are objects. */
export interface Reading {
  readonly timestamp: string;
  readonly level: string;
  readonly target: string;
  readonly message: string;
  readonly all: JsonObject;
}

/** What a row of the list shows. */
export interface RowText {
  readonly timestamp: string;
  /** As it was written, or `fields.level_name`. */
  readonly levelName: string;
  readonly target: string;
  readonly message: string;
  /** `name=value name=value`, without `code.*` and `level_name`. */
  readonly fields: string;
  readonly columns: readonly (string | undefined)[];
  readonly traceId: string | undefined;
}

/** Reads an entry; undefined for a line that is none. */
export function readEntry(json: string): Reading | undefined {
  const all = parseJson(json);
  if (!isJsonObject(all)) {
    return undefined;
  }
  const [timestamp, level, target, message] = ["timestamp", "level", "target", "message"].map((key) =>
    all.get(key),
  );
  return typeof timestamp === "string" &&
    typeof level === "string" &&
    typeof target === "string" &&
    typeof message === "string" &&
    [all.get("fields"), all.get("span")].every(isAbsentOrObject)
    ? { timestamp, level, target, message, all }
    : undefined;
}

function isAbsentOrObject(value: Json | undefined): boolean {
  return value === undefined || value === null || isJsonObject(value);
}

/** Reads what a row shows; undefined for a line that is no entry. Each text is cut at `MAX_ROW_TEXT`. */
export function readRow(json: string, columns: readonly string[]): RowText | undefined {
  const entry = readEntry(json);
  if (entry === undefined) {
    return undefined;
  }
  const fields = memberObject(entry.all, "fields");
  const name = fields?.get("level_name");
  const trace = memberObject(entry.all, "span")?.get("trace_id");
  return {
    timestamp: cut(entry.timestamp),
    levelName: cut(typeof name === "string" && name !== "" ? name : entry.level),
    target: cut(entry.target),
    message: cut(entry.message),
    fields: fields === undefined ? "" : preview(fields),
    columns: columns.map((path) => {
      const value = fieldOf(entry.all, path);
      return value === undefined ? undefined : cut(textOf(value));
    }),
    traceId: typeof trace === "string" ? cut(trace) : trace instanceof Raw ? cut(trace.text) : undefined,
  };
}

/** What an entry has at its top. A path that begins with one of them is looked for there first. */
const OWN_KEYS = new Set(["timestamp", "level", "target", "message", "span", "fields"]);

/**
 * The value of a field by its path: `user_id` and `http.status` of the fields, `message` or `span.id` of the entry itself,
 * `fields.message` of a field that is called so. A key may have dots in it.
 */
export function fieldOf(entry: JsonObject, path: string): Json | undefined {
  return find<Json>(entry, path, (value, key) =>
    isJsonObject(value) ? value.get(key) : Array.isArray(value) ? value[Number(key)] : undefined,
  );
}

/** The same of what `JSON.parse` has made of an entry. */
export function quickFieldOf(entry: unknown, path: string): unknown {
  return find<unknown>(entry, path, (value, key) =>
    typeof value !== "object" || value === null
      ? undefined
      : Array.isArray(value)
        ? value[Number(key)]
        : Object.hasOwn(value, key)
          ? (value as Readonly<Record<string, unknown>>)[key]
          : undefined,
  );
}

/** Returns undefined if the value has no such member. */
type MemberOf<Value> = (value: Value, key: string) => Value | undefined;

function find<Value>(entry: Value, path: string, memberOf: MemberOf<Value>): Value | undefined {
  const fields = memberOf(entry, "fields");
  const dot = path.indexOf(".");
  const isOwn = OWN_KEYS.has(dot === -1 ? path : path.slice(0, dot));
  const inFields = () => (fields === undefined ? undefined : valueAt(fields, path, memberOf));
  const found = isOwn ? valueAt(entry, path, memberOf) : inFields();
  if (found !== undefined) {
    return found;
  }
  return isOwn ? inFields() : valueAt(entry, path, memberOf);
}

function valueAt<Value>(value: Value, path: string, memberOf: MemberOf<Value>): Value | undefined {
  const whole = memberOf(value, path);
  if (whole !== undefined) {
    return whole;
  }
  for (let dot = path.lastIndexOf("."); dot > 0; dot = path.lastIndexOf(".", dot - 1)) {
    const member = memberOf(value, path.slice(0, dot));
    const found = member === undefined ? undefined : valueAt(member, path.slice(dot + 1), memberOf);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

export function memberObject(object: JsonObject, key: string): JsonObject | undefined {
  const value = object.get(key);
  return isJsonObject(value) ? value : undefined;
}

/** Fields that stay in the panel, because they repeat on every row or are shown elsewhere. */
export function isQuietField(name: string): boolean {
  return name === "level_name" || name.startsWith("code.");
}

function preview(fields: JsonObject): string {
  let text = "";
  for (const [name, value] of fields) {
    if (isQuietField(name) || (name === "code" && isJsonObject(value))) {
      continue;
    }
    text += `${text === "" ? "" : " "}${name}=${previewValue(value)}`;
    if (text.length > MAX_ROW_TEXT) {
      break;
    }
  }
  return cut(text);
}

/** As in logfmt: quoted only if its end would not be clear. */
function previewValue(value: Json): string {
  return typeof value === "string" && /^[^\s"=]+$/.test(value) ? value : writeJson(value);
}

/** At most `MAX_ROW_TEXT` characters, without half a surrogate pair at the end. */
function cut(text: string): string {
  if (text.length <= MAX_ROW_TEXT) {
    return text;
  }
  const last = text.charCodeAt(MAX_ROW_TEXT - 1);
  const isHalf = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, isHalf ? MAX_ROW_TEXT - 1 : MAX_ROW_TEXT);
}
