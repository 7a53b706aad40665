/** Adds terms to the text of a query and takes them out. What else stands there stays as it was written. */

import { type Lexeme, lex } from "../../store/query/lex";
import { parse } from "../../store/query/parse";
import type { Query } from "../../store/query/syntax";

export {
  exactTargetTerm,
  fieldTerm,
  patternTerm,
  producerTerm,
  targetTerm,
  textTerm,
  traceTerm,
} from "./terms";

/** An entry has one of each: a second one would pass nothing, so it takes the place of the first. */
const SINGLE = new Set<Query["kind"]>(["level", "target", "producer", "pattern", "trace"]);

/** A term that every entry has to pass, or several of one key beside `or`; with what stands before it as a negation. */
interface Place {
  readonly start: number;
  readonly end: number;
  readonly isNegated: boolean;
  readonly query: Query;
}

/** The query that passes what `text` and `term` pass. */
export function addTerm(text: string, term: string): string {
  const wanted = parse(term).query;
  const places = placesOf(text);
  if (places.some(({ isNegated, query }) => !isNegated && isEqual(query, wanted))) {
    return text;
  }
  const without = remove(
    text,
    places.filter(({ isNegated, query }) =>
      isNegated ? isEqual(query, wanted) : SINGLE.has(wanted.kind) && keyOf(query) === wanted.kind,
    ),
  );
  return append(without, term);
}

/** Whether `text` asks for a value to which `orTerm` can add another one. */
export function hasAlternative(text: string, term: string): boolean {
  return alternativeTo(text, parse(term).query) !== undefined;
}

/** The query that passes what `text` passes, and what it left out by a term of the same key: that one or `term`. */
export function orTerm(text: string, term: string): string {
  const wanted = parse(term).query;
  const place = alternativeTo(text, wanted);
  if (place === undefined) {
    return addTerm(text, term);
  }
  const { start, end, query } = place;
  if (query.kind === "or" ? query.parts.some((part) => isEqual(part, wanted)) : isEqual(query, wanted)) {
    return text;
  }
  const closed = close(text);
  const written = closed.slice(start, end);
  const terms = written.startsWith("(") ? written.slice(1, -1).trim() : written;
  return `${closed.slice(0, start)}(${terms} or ${term})${closed.slice(end)}`;
}

function alternativeTo(text: string, wanted: Query): Place | undefined {
  return placesOf(text).find(({ isNegated, query }) => !isNegated && keyOf(query) === keyOf(wanted));
}

/** The query that passes what `text` passes and `term` does not. */
export function excludeTerm(text: string, term: string): string {
  const unwanted = parse(term).query;
  const places = placesOf(text);
  if (places.some(({ isNegated, query }) => isNegated && isEqual(query, unwanted))) {
    return text;
  }
  return append(
    remove(
      text,
      places.filter(({ isNegated, query }) => !isNegated && isEqual(query, unwanted)),
    ),
    `-${term}`,
  );
}

/** The query with this level term as its only one; without any for undefined. */
export function setLevel(text: string, term: string | undefined): string {
  const rest = remove(
    text,
    placesOf(text).filter(({ isNegated, query }) => !isNegated && isLevel(query)),
  );
  if (term === undefined) {
    return rest;
  }
  return rest.trim() === "" ? term : `${term} ${grouped(rest)}`;
}

/**
 * What is right of a query that is being typed: without a last term that is wrong, and with quotes and parentheses closed.
 * The query itself if it is right, and if it is wrong elsewhere.
 */
export function finish(text: string): string {
  if (parse(text).error === undefined) {
    return text;
  }
  const lexemes = lex(text);
  const last = lexemes.pop();
  let rest = text;
  if (last?.kind === "term" && last.error !== undefined && last.error.code !== "unclosed") {
    let { start } = last;
    for (let before = lexemes.pop(); before?.kind === "not"; before = lexemes.pop()) {
      start = before.start;
    }
    rest = text.slice(0, start);
  }
  const closed = close(rest).trim();
  return parse(closed).error === undefined ? closed : text;
}

/** The level of `level:x+` that the query has as its only level term. */
export function levelOf(text: string): number | undefined {
  const levels = placesOf(text).filter(({ isNegated, query }) => !isNegated && isLevel(query));
  const [only] = levels;
  return levels.length === 1 && only?.query.kind === "level" && only.query.orMore
    ? only.query.level
    : undefined;
}

function isLevel(query: Query): boolean {
  return query.kind === "level" || (query.kind === "or" && query.parts.every(isLevel));
}

/** The terms that stand in no parentheses and beside no `or`, and those of one key between which alone there is an `or`. */
function placesOf(text: string): Place[] {
  const lexemes = lex(close(text));
  if (hasEither(lexemes)) {
    const whole = eitherOf(lexemes, 0, lexemes.length);
    return whole === undefined ? [] : [{ ...whole, isNegated: false }];
  }
  const places: Place[] = [];
  let nots: Lexeme[] = [];
  for (let at = 0; at < lexemes.length; at += 1) {
    const lexeme = lexemes[at] as Lexeme;
    if (lexeme.kind === "not") {
      nots.push(lexeme);
      continue;
    }
    const isNegated = nots.length % 2 === 1;
    const start = nots[0]?.start ?? lexeme.start;
    if (lexeme.kind === "open") {
      const end = endOf(lexemes, at);
      const either = eitherOf(lexemes, at + 1, end);
      if (either !== undefined) {
        places.push({ start, end: lexemes[end]?.end ?? either.end, isNegated, query: either.query });
      }
      at = end;
    } else if (lexeme.kind === "term" && lexeme.error === undefined) {
      places.push({ start, end: lexeme.end, isNegated, query: lexeme.query });
    }
    nots = [];
  }
  return places;
}

/** The index of the parenthesis that closes the one at `open`; behind the last lexeme if none does. */
function endOf(lexemes: readonly Lexeme[], open: number): number {
  let depth = 0;
  const end = lexemes.findIndex(({ kind }, index) => {
    depth += index < open ? 0 : kind === "open" ? 1 : kind === "close" ? -1 : 0;
    return index > open && depth === 0;
  });
  return end === -1 ? lexemes.length : end;
}

/** What the lexemes from `first` to before `end` are, if they are terms of one key with an `or` between each two. */
function eitherOf(
  lexemes: readonly Lexeme[],
  first: number,
  end: number,
): Omit<Place, "isNegated"> | undefined {
  const within = lexemes.slice(first, end);
  const parts = within.flatMap((lexeme) =>
    lexeme.kind === "term" && lexeme.error === undefined ? lexeme.query : [],
  );
  const [one] = parts;
  const isEither =
    within.length === 2 * parts.length - 1 &&
    within.every(({ kind }, index) => kind === (index % 2 === 0 ? "term" : "or")) &&
    parts.every((part) => one !== undefined && keyOf(part) === keyOf(one));
  const [start, last] = [within[0]?.start, within.at(-1)?.end];
  return isEither && start !== undefined && last !== undefined
    ? { start, end: last, query: { kind: "or", parts } }
    : undefined;
}

/** What a term asks about: two terms of one key are two values of the same. */
function keyOf(query: Query): string {
  switch (query.kind) {
    case "field":
      return `field ${query.path}`;
    case "or":
      return query.parts[0] === undefined ? "or" : keyOf(query.parts[0]);
    default:
      return query.kind;
  }
}

/** Whether an `or` stands outside of all parentheses. */
function hasEither(lexemes: readonly Lexeme[]): boolean {
  let depth = 0;
  for (const { kind } of lexemes) {
    if (kind === "open" || kind === "close") {
      depth = Math.max(0, depth + (kind === "open" ? 1 : -1));
    } else if (kind === "or" && depth === 0) {
      return true;
    }
  }
  return false;
}

function remove(text: string, places: readonly Place[]): string {
  let rest = places.length === 0 ? text : close(text);
  for (const { start, end } of places.toReversed()) {
    const before = rest.slice(0, start).replace(/\s+$/, "");
    const after = rest.slice(end).replace(/^\s+/, "");
    rest = before === "" || after === "" ? before + after : `${before} ${after}`;
  }
  return rest;
}

function append(text: string, term: string): string {
  const before = grouped(text).trimEnd();
  return before === "" ? term : `${before} ${term}`;
}

/** In parentheses if an `or` would take what stands beside it for its own; a quote that is open is closed. */
function grouped(text: string): string {
  const closed = close(text);
  return hasEither(lex(closed)) ? `(${closed.trim()})` : closed;
}

/** Ends the quotes and parentheses that are open, and leaves out an operator that waits for its term. */
function close(text: string): string {
  const last = lex(text).at(-1);
  if (last?.kind === "not" || last?.kind === "or" || last?.kind === "and") {
    return close(text.slice(0, last.start));
  }
  const isOpen = last?.kind === "term" && last.error?.code === "unclosed";
  const quoted = isOpen ? `${text}"` : text;
  let open = 0;
  for (const { kind } of lex(quoted)) {
    open = Math.max(0, open + (kind === "open" ? 1 : kind === "close" ? -1 : 0));
  }
  return quoted + ")".repeat(open);
}

function isEqual(one: Query, other: Query): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
