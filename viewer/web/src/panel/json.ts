/** JSON over several lines, every digit in place, and what the panel reads of it. */

import { isJsonObject, type Json, Raw, writeJson } from "../../store/json";

/** What opens on several lines. */
export function isBranch(value: Json): value is readonly Json[] | ReadonlyMap<string, Json> {
  return Array.isArray(value) || isJsonObject(value);
}

/** The members of an object, or the items of an array by their numbers. */
export function membersOf(value: Json): readonly (readonly [key: string, value: Json])[] {
  if (isJsonObject(value)) {
    return [...value];
  }
  return Array.isArray(value) ? value.map((item, index) => [String(index), item]) : [];
}

export function prettyJson(value: Json, indent = ""): string {
  if (!isBranch(value)) {
    return writeJson(value);
  }
  const marks = isJsonObject(value) ? "{}" : "[]";
  const members = membersOf(value);
  if (members.length === 0) {
    return marks;
  }
  const inner = `${indent}  `;
  const lines = members.map(([key, item]) => {
    const name = isJsonObject(value) ? `${JSON.stringify(key)}: ` : "";
    return `${inner}${name}${prettyJson(item, inner)}`;
  });
  return `${marks[0]}\n${lines.join(",\n")}\n${indent}${marks[1]}`;
}

/** The member of an object. */
export function member(value: Json | undefined, key: string): Json | undefined {
  return isJsonObject(value) ? value.get(key) : undefined;
}

/** The member's text, if it is a string or number. */
export function memberText(value: Json | undefined, key: string): string | undefined {
  const found = member(value, key);
  if (found instanceof Raw) {
    return found.text;
  }
  return typeof found === "string" ? found : undefined;
}
