/** Writes terms of a query, so that `parse` reads exactly what is meant. */

import { escapePattern } from "../../store/query/wildcard";

/** Longer values are found by how they begin. */
const MAX_VALUE_TEXT = 300;

/** What needs no quotes behind an operator. */
const BARE_VALUE = /^[\p{L}\p{N}_@$%.,;+-][\p{L}\p{N}_@$%.,;:+/-]*$/u;
const BARE_KEY = /^[\p{L}_@$][\p{L}\p{N}_@$.-]*$/u;
const OWN_KEYS = new Set(["level", "target", "producer", "pattern", "trace"]);
const LEVEL = /^(?:debug|info|warn|error)$/i;
/** An input has one line, and what cannot be seen cannot be edited. */
const UNSEEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;

/** Passes entries whose field at `path` is `value`. The entry's own level, target and trace have terms of their own. */
export function fieldTerm(path: string, value: string): string {
  if (path === "target" && !UNSEEN.test(value)) {
    return `target:${quoteValue(value)}`;
  }
  if (path === "level" && LEVEL.test(value)) {
    return `level:${value.toLowerCase()}`;
  }
  if (path === "span.trace_id" && !UNSEEN.test(value)) {
    return traceTerm(value);
  }
  const key =
    BARE_KEY.test(path) && !OWN_KEYS.has(path.toLowerCase()) && !path.endsWith("-") ? path : quote(path);
  if (UNSEEN.test(value) || value.length > MAX_VALUE_TEXT) {
    const isWhole = value.length <= MAX_VALUE_TEXT;
    return `${key}~/^${escapeRegex(isWhole ? value : value.slice(0, MAX_VALUE_TEXT))}${isWhole ? "$" : ""}/`;
  }
  return `${key}:${quoteValue(value)}`;
}

/** `pattern` as `target:` takes it: `shop.db*`. */
export function targetTerm(pattern: string): string {
  if (/^[^\s"()\\]+$/.test(pattern) && !/^[:/]/.test(pattern)) {
    return `target:${pattern}`;
  }
  if (!pattern.includes("*") && !UNSEEN.test(pattern)) {
    return `target:${quoteValue(pattern)}`;
  }
  return `target~/^${pattern.split("*").map(escapeRegex).join(".*")}$/is`;
}

/** A target of exactly this name, whatever characters it has. */
export function exactTargetTerm(target: string): string {
  return fieldTerm("target", target);
}

export function producerTerm(producer: string): string {
  return `producer:${quoteValue(producer)}`;
}

export function patternTerm(hash: string): string {
  return `pattern:${hash}`;
}

export function traceTerm(id: string): string {
  return `trace:${quoteValue(id)}`;
}

/** A text anywhere in an entry. */
export function textTerm(text: string): string {
  return /^[\p{L}\p{N}_][\p{L}\p{N}_.,-]*$/u.test(text) && !/^(?:or|and|not)$/i.test(text)
    ? text
    : quote(text);
}

/** The key of a term as it is written: `key:`, or in quotes. */
export function keyText(path: string): string {
  return BARE_KEY.test(path) ? path : quote(path);
}

export function quoteValue(value: string): string {
  return BARE_VALUE.test(value) && escapePattern(value) === value ? value : quote(value);
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}

function escapeRegex(text: string): string {
  return Array.from(text, (character) =>
    UNSEEN.test(character)
      ? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`
      : character.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&"),
  ).join("");
}
