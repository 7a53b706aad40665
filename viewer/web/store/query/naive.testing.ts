/** Evaluates a query entry by entry on what `JSON.parse` makes of it: slow, and simple enough to be right. For tests. */

import { levelOf, parseEntry } from "../../consumer/entry";
import { LEVELS } from "../protocol";
import { hashTemplate, templateOf } from "../summary/template";
import { fold } from "./fold";
import { namesEscape, shownText } from "./shown";
import type { FieldTest, Query } from "./syntax";

export interface NaiveEntry {
  readonly line: string;
  readonly producerNames: readonly string[];
}

export function passes(query: Query, entry: NaiveEntry): boolean {
  const parsed = parseEntry(entry.line);
  const level = parsed === undefined ? -1 : LEVELS.indexOf(levelOf(parsed));
  switch (query.kind) {
    case "all":
      return true;
    case "and":
      return query.parts.every((part) => passes(part, entry));
    case "or":
      return query.parts.some((part) => passes(part, entry));
    case "not":
      return !passes(query.part, entry);
    case "level":
      return query.orMore ? level >= query.level : level === query.level;
    case "target":
      return parsed !== undefined && isLike(parsed.target, query.pattern);
    case "producer":
      return entry.producerNames.some((name) => isLike(name, query.pattern));
    case "pattern":
      return hashTemplate(templateOf(parsed?.message ?? entry.line)) === query.hash;
    case "trace":
      return parsed?.span?.trace_id === query.id;
    case "text":
      return valuesOf(parsed ?? entry.line).some((value) =>
        fold(shownFor(query.text, value)).includes(fold(query.text)),
      );
    case "regex": {
      const regex = new RegExp(query.source, query.flags);
      return valuesOf(parsed ?? entry.line).some((value) => regex.test(shownFor(query.source, value)));
    }
    case "field": {
      if (parsed === undefined) {
        return query.path === "message" && isPassed(entry.line, query.test);
      }
      const isOwn = ["timestamp", "level", "target", "message", "span"].includes(
        query.path.split(".")[0] ?? "",
      );
      const [first, second] = isOwn ? [parsed, parsed.fields] : [parsed.fields, parsed];
      return isPassed(
        [at(first, query.path), at(second, query.path)].find((value) => value !== undefined),
        query.test,
      );
    }
  }
}

/** With a regular expression, which the real one does not use. */
function isLike(text: string, pattern: string): boolean {
  const source = pattern.replace(/\\[*\\]|./gs, (piece) =>
    piece === "*" ? ".*" : fold(piece.at(-1) ?? "").replace(/[\\^$.*+?()[\]{}|]/, "\\$&"),
  );
  return new RegExp(`^${source}$`, "s").test(fold(text));
}

/** Terminal codes are not searched, unless they are what is looked for. */
function shownFor(wanted: string, value: string): string {
  return namesEscape(wanted) ? value : shownText(value);
}

function valuesOf(value: unknown): string[] {
  return typeof value === "object" && value !== null
    ? Object.values(value).flatMap(valuesOf)
    : [typeof value === "string" ? value : JSON.stringify(value)];
}

/** For paths whose keys have no dots. */
function at(object: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (value, key) =>
        typeof value === "object" && value !== null && Object.hasOwn(value, key)
          ? (value as Record<string, unknown>)[key]
          : undefined,
      object,
    );
}

function isPassed(value: unknown, test: FieldTest): boolean {
  if (value === undefined) {
    return false;
  }
  if (test.op === "is" && test.pattern === "*") {
    return true;
  }
  const items: unknown[] = Array.isArray(value) ? value : [value];
  return items.some((item) => (typeof item !== "object" || item === null) && isItemPassed(item, test));
}

function isItemPassed(item: unknown, test: FieldTest): boolean {
  const text = typeof item === "string" ? item : JSON.stringify(item);
  if (test.op === "is") {
    return isLike(shownFor(test.pattern, text), test.pattern);
  }
  if (test.op === "matches") {
    return new RegExp(test.source, test.flags).test(shownFor(test.source, text));
  }
  if (item === null) {
    return false;
  }
  const isNumber = /^-?\d+$/.test(test.value);
  if (isNumber && !/^-?\d+$/.test(text)) {
    return false;
  }
  const [one, other] = isNumber ? [Number(text), Number(test.value)] : [fold(text), fold(test.value)];
  switch (test.op) {
    case ">":
      return one > other;
    case ">=":
      return one >= other;
    case "<":
      return one < other;
    case "<=":
      return one <= other;
  }
}
