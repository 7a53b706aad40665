/** Divides the text of a query into operators and terms. */

import { all } from "./build";
import type { Query, QueryError } from "./syntax";
import { isExpression, readKeyed, type Term } from "./term";
import { isBoundary, isSpace, readQuoted, readRegex, readWord } from "./tokens";

export type Lexeme =
  | { readonly kind: "open" | "close" | "or" | "and" | "not"; readonly start: number; readonly end: number }
  | {
      readonly kind: "term";
      readonly start: number;
      readonly end: number;
      readonly query: Query;
      readonly error: Omit<QueryError, "text"> | undefined;
    };

const KEY_AND_OPERATOR = /([\p{L}_@$][^\s"'():<>~=*/\\]*)(:|~|>=|<=|>|<|=)/uy;
const OPERATOR = /(?::|~|>=|<=|>|<|=)/y;
/** `not` in small letters is a word, for many logs say "not found". */
const WORDS = new Map<string, "or" | "and" | "not">([
  ["or", "or"],
  ["OR", "or"],
  ["and", "and"],
  ["AND", "and"],
  ["NOT", "not"],
]);

export function lex(text: string): Lexeme[] {
  const lexemes: Lexeme[] = [];
  let at = 0;
  while (at < text.length) {
    if (isSpace(text, at)) {
      at += 1;
      continue;
    }
    const lexeme = next(text, at);
    lexemes.push(lexeme);
    at = lexeme.end;
  }
  return lexemes;
}

function next(text: string, start: number): Lexeme {
  const mark = text[start];
  if (mark === "(" || mark === ")") {
    return { kind: mark === "(" ? "open" : "close", start, end: start + 1 };
  }
  if (mark === "-" && !isBoundary(text, start + 1) && !/[->]/.test(text.charAt(start + 1))) {
    return { kind: "not", start, end: start + 1 };
  }
  const word = WORDS.get(readWord(text, start).text);
  if (word !== undefined) {
    return { kind: word, start, end: start + word.length };
  }
  return { kind: "term", start, ...readTerm(text, start) };
}

function readTerm(text: string, start: number): Term {
  if (text[start] === "/") {
    const regex = readRegex(text, start);
    if (regex !== undefined) {
      const { source, flags, end } = regex;
      return isExpression(source, flags)
        ? { query: { kind: "regex", source, flags }, end, error: undefined }
        : { query: all, end, error: { code: "regex", start, end } };
    }
  }
  return text[start] === '"' ? readPhrase(text, start) : readBare(text, start);
}

/** A phrase, or a key in quotes. */
function readPhrase(text: string, start: number): Term {
  const { text: phrase, end, isClosed } = readQuoted(text, start);
  if (!isClosed) {
    return { query: textQuery(phrase), end, error: { code: "unclosed", start, end } };
  }
  OPERATOR.lastIndex = end;
  const operator = OPERATOR.exec(text)?.[0];
  return operator === undefined
    ? { query: textQuery(phrase), end, error: undefined }
    : readKeyed(text, { start, key: phrase, isQuoted: true, operator, valueAt: end + operator.length });
}

/** A word, or a key with its operator and value. */
function readBare(text: string, start: number): Term {
  KEY_AND_OPERATOR.lastIndex = start;
  const [whole = "", key = "", operator = ""] = KEY_AND_OPERATOR.exec(text) ?? [];
  const valueAt = start + whole.length;
  // `std::io`, `https://host`, `C:\dir`, `a->b` and `a=>b` are words.
  const isWord =
    whole === "" ||
    (operator === ":" && (/[:\\]/.test(text.charAt(valueAt)) || text.startsWith("//", valueAt))) ||
    (operator === "=" && /[=>]/.test(text.charAt(valueAt))) ||
    (operator === ">" && key.endsWith("-"));
  if (!isWord) {
    return readKeyed(text, { start, key, isQuoted: false, operator, valueAt });
  }
  const { text: word, end } = readWord(text, start);
  return { query: textQuery(word), end, error: undefined };
}

function textQuery(text: string): Query {
  return text === "" ? all : { kind: "text", text };
}
