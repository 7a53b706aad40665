/** Reads terms with a key: `level:warn+`, `target:a.b*`, `field>5`. */

import type { LevelCode } from "../protocol";
import { all, anyOf } from "./build";
import { isDecimal } from "./decimal";
import type { FieldTest, Query, QueryError } from "./syntax";
import { readQuoted, readRegex, readWord } from "./tokens";
import { escapePattern } from "./wildcard";

export interface Term {
  readonly query: Query;
  readonly end: number;
  readonly error: Omit<QueryError, "text"> | undefined;
}

/** A key and its operator, as they stand in the text. */
export interface Keyed {
  readonly start: number;
  readonly key: string;
  /** A key in quotes is always a field's. */
  readonly isQuoted: boolean;
  readonly operator: string;
  readonly valueAt: number;
}

interface Value {
  /** What was written, without quotes. */
  readonly text: string;
  /** The same with `*` as a wildcard if it was not in quotes. */
  readonly pattern: string;
  readonly isQuoted: boolean;
  readonly regex: { readonly source: string; readonly flags: string } | undefined;
}

const LEVEL_CODES = new Map<string, LevelCode>([
  ["debug", 0],
  ["info", 1],
  ["warn", 2],
  ["warning", 2],
  ["error", 3],
  ["err", 3],
]);

/** Levels of other systems: entries keep them as `level_name`. */
const FOREIGN_LEVELS = new Set([
  "trace",
  "verbose",
  "notice",
  "fatal",
  "critical",
  "alert",
  "emergency",
  "panic",
]);

/** Texts with an order that nobody mistakes for that of numbers: `2026-01-31T12:00`, `12:30`, `1.2.3`. */
const TIME_OR_VERSION = /^\d+(?:[-:.]\d+)+\S*$/;

export function readKeyed(text: string, keyed: Keyed): Term {
  const { start, operator, valueAt } = keyed;
  const regex = operator === "~" && text[valueAt] === "/" ? readRegex(text, valueAt) : undefined;
  const quoted = text[valueAt] === '"' ? readQuoted(text, valueAt) : undefined;
  const piece = quoted ?? readWord(text, valueAt);
  const end = regex?.end ?? piece.end;
  const failed = (code: QueryError["code"], from: number): Term => ({
    query: all,
    end,
    error: { code, start: from, end },
  });
  if (quoted?.isClosed === false) {
    return failed("unclosed", valueAt);
  }
  if (piece.text === "" && quoted === undefined) {
    return failed("value", start);
  }
  if (quoted === undefined && isOrder(operator) && !isOwnOrder(keyed)) {
    const open = piece.text.startsWith("(") ? 0 : openParenthesis(piece.text);
    if (open !== -1) {
      return failed("paren", valueAt + open);
    }
    if (!isDecimal(piece.text) && !TIME_OR_VERSION.test(piece.text)) {
      return failed("order", valueAt);
    }
  }
  const value: Value = {
    text: piece.text,
    pattern: quoted === undefined ? piece.text : escapePattern(piece.text),
    isQuoted: quoted !== undefined,
    regex,
  };
  const query = keyed.isQuoted
    ? fieldQuery(keyed, value)
    : (ownQuery(keyed, value) ?? fieldQuery(keyed, value));
  return typeof query === "string"
    ? failed(query, query === "operator" ? start : valueAt)
    : { query, end, error: undefined };
}

/** Whether the key orders its values in its own way, or refuses to. */
function isOwnOrder({ key, isQuoted }: Keyed): boolean {
  return !isQuoted && /^(?:level|producer|pattern|trace)$/i.test(key);
}

/** Whether JavaScript takes it for a regular expression. */
export function isExpression(source: string, flags: string): boolean {
  try {
    new RegExp(source, flags);
    return true;
  } catch {
    return false;
  }
}

/** Terms with a meaning of their own; undefined for a field's. */
function ownQuery({ key, operator }: Keyed, value: Value): Query | QueryError["code"] | undefined {
  const name = key.toLowerCase();
  switch (name) {
    case "level":
      return operator === "~" ? undefined : levelQuery(operator, value);
    case "target":
      return isEqual(operator) ? { kind: "target", pattern: value.pattern } : undefined;
    case "producer":
      return isEqual(operator) ? { kind: "producer", pattern: value.pattern } : "operator";
    case "pattern":
      return !isEqual(operator)
        ? "operator"
        : /^[0-9a-f]{1,16}$/i.test(value.text)
          ? { kind: "pattern", hash: value.text.toLowerCase() }
          : "value";
    case "trace":
      return !isEqual(operator)
        ? "operator"
        : value.isQuoted || !value.text.includes("*")
          ? { kind: "trace", id: value.text }
          : { kind: "field", path: "span.trace_id", test: { op: "is", pattern: value.pattern } };
    default:
      return undefined;
  }
}

/** Whether an operator compares by order. What is compared so without quotes is a number, a time or a version. */
function isOrder(operator: string): boolean {
  return operator.startsWith("<") || operator.startsWith(">");
}

/** Where the last parenthesis stands that is not closed; -1 if there is none. */
function openParenthesis(text: string): number {
  const open: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === "\\") {
      at += 1;
    } else if (text[at] === "(") {
      open.push(at);
    } else if (text[at] === ")") {
      open.pop();
    }
  }
  return open.at(-1) ?? -1;
}

function isEqual(operator: string): boolean {
  return operator === ":" || operator === "=";
}

function levelQuery(operator: string, value: Value): Query | QueryError["code"] {
  const orMore = value.text.endsWith("+");
  const name = (orMore ? value.text.slice(0, -1) : value.text).toLowerCase();
  const level = LEVEL_CODES.get(name);
  if (level === undefined) {
    if (name === "trace" && orMore) {
      return { kind: "level", level: 0, orMore };
    }
    return FOREIGN_LEVELS.has(name) && isEqual(operator) && !orMore
      ? { kind: "field", path: "level_name", test: { op: "is", pattern: name } }
      : "level";
  }
  const atLeast: Query = { kind: "level", level, orMore: true };
  const exactly: Query = { kind: "level", level, orMore: false };
  switch (operator) {
    case ">=":
      return atLeast;
    case "<":
      return below(level);
    case ">":
      return level === 3 ? "level" : { kind: "level", level: (level + 1) as LevelCode, orMore: true };
    case "<=":
      return anyOf([below(level), exactly].filter((part) => part !== "level"));
    default:
      return orMore ? atLeast : exactly;
  }
}

/** The levels below one; "level" if there are none. A line that is no entry has no level. */
function below(level: LevelCode): Query | "level" {
  const codes = ([0, 1, 2] as const).filter((code) => code < level);
  return codes.length === 0
    ? "level"
    : anyOf(codes.map((code) => ({ kind: "level", level: code, orMore: false })));
}

function fieldQuery({ key, operator }: Keyed, value: Value): Query | QueryError["code"] {
  if (key === "") {
    return "value";
  }
  const field = (test: FieldTest): Query => ({ kind: "field", path: key, test });
  switch (operator) {
    case ">":
    case ">=":
    case "<":
    case "<=":
      return field({ op: operator, value: value.text });
    case "~": {
      const { source, flags } = value.regex ?? { source: value.text, flags: "" };
      return isExpression(source, flags) ? field({ op: "matches", source, flags }) : "regex";
    }
    case "=":
      return anyOf([
        field({ op: "is", pattern: value.pattern }),
        { kind: "text", text: `${key}=${value.text}` },
      ]);
    default:
      return field({ op: "is", pattern: value.pattern });
  }
}
