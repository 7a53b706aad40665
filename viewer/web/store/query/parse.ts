/**
 * Reads a query. It is made while it is typed, so that there is always a tree: of what is right. The first thing that is
 * wrong is returned beside it, with its place.
 *
 * - `word`, `"two words"`, `/regular expression/i`: anywhere in the values of an entry
 * - `level:warn`, `level:warn+`, `target:a.b*`, `producer:shop`, `trace:ID`, `pattern:HASH`
 * - `field:value`, `field:"a value"`, `field:*`, `field>5`, `field>=5`, `field<5`, `field<=5`, `field~expression`
 * - `field=value`: the field, or these very characters anywhere, as messages have them
 * - terms side by side must all pass, with or without `and`; `or`, `NOT` or `-`, and parentheses; `OR` and `AND` are the same
 */

import { all, allOf, anyOf, not } from "./build";
import { type Lexeme, lex } from "./lex";
import type { Query, QueryError } from "./syntax";

export interface Parsed {
  readonly query: Query;
  readonly error: QueryError | undefined;
}

/** Deeper parentheses are refused. */
const MAX_DEPTH = 100;

export function parse(text: string): Parsed {
  const parser = new Parser(text);
  const query = parser.whole();
  return { query, error: parser.error };
}

class Parser {
  readonly #text: string;
  readonly #lexemes: readonly Lexeme[];
  #at = 0;
  #error: QueryError | undefined;

  constructor(text: string) {
    this.#text = text;
    this.#lexemes = lex(text);
    for (const lexeme of this.#lexemes) {
      if (lexeme.kind === "term" && lexeme.error !== undefined) {
        this.#fail(lexeme.error.code, lexeme.error);
      }
    }
  }

  get error(): QueryError | undefined {
    return this.#error;
  }

  whole(): Query {
    const parts: Query[] = [];
    for (;;) {
      parts.push(this.#either(0) ?? all);
      // `either` ends in front of a parenthesis that it has not opened, or at the end.
      const stray = this.#take("close");
      if (stray === undefined) {
        return allOf(parts);
      }
      this.#fail("paren", stray);
    }
  }

  /** Terms and groups with `or` between them; undefined if there are none. */
  #either(depth: number): Query | undefined {
    const parts = [this.#both(depth)];
    for (let or = this.#take("or"); or !== undefined; or = this.#take("or")) {
      const after = this.#both(depth);
      if (parts.at(-1) === undefined || after === undefined) {
        this.#fail("operator", or);
      }
      parts.push(after);
    }
    const found = parts.filter((part) => part !== undefined);
    return found.length === 0 ? undefined : anyOf(found);
  }

  /** Terms and groups side by side. */
  #both(depth: number): Query | undefined {
    const parts: Query[] = [];
    for (;;) {
      const and = this.#take("and");
      const part = this.#single(depth);
      if (and !== undefined && (part === undefined || parts.length === 0)) {
        this.#fail("operator", and);
      }
      if (part !== undefined) {
        parts.push(part);
      } else if (this.#peek()?.kind !== "and") {
        return parts.length === 0 ? undefined : allOf(parts);
      }
    }
  }

  #single(depth: number): Query | undefined {
    let isNegated = false;
    let lastNot: Lexeme | undefined;
    for (let mark = this.#take("not"); mark !== undefined; mark = this.#take("not")) {
      isNegated = !isNegated;
      lastNot = mark;
    }
    const term = this.#take("term");
    const part = term === undefined ? this.#group(depth) : term.query;
    if (part === undefined) {
      if (lastNot !== undefined) {
        this.#fail("operator", lastNot);
      }
      return lastNot === undefined ? undefined : all;
    }
    // What is wrong or empty is left out; its opposite would pass nothing.
    return isNegated && part.kind !== "all" ? not(part) : part;
  }

  #group(depth: number): Query | undefined {
    const open = this.#take("open");
    if (open === undefined) {
      return undefined;
    }
    if (depth === MAX_DEPTH) {
      this.#fail("paren", { start: open.start, end: this.#text.length });
      this.#at = this.#lexemes.length;
      return all;
    }
    const inner = this.#either(depth + 1);
    if (this.#take("close") === undefined || inner === undefined) {
      this.#fail("paren", open);
    }
    return inner ?? all;
  }

  #peek(): Lexeme | undefined {
    return this.#lexemes[this.#at];
  }

  #take<Kind extends Lexeme["kind"]>(kind: Kind): Of<Kind> | undefined {
    const lexeme = this.#peek();
    if (lexeme === undefined || !isOfKind(lexeme, kind)) {
      return undefined;
    }
    this.#at += 1;
    return lexeme;
  }

  /** Keeps the error that stands first. */
  #fail(code: QueryError["code"], { start, end }: { readonly start: number; readonly end: number }): void {
    if (this.#error === undefined || start < this.#error.start) {
      this.#error = { start, end, code, text: this.#text.slice(start, end) };
    }
  }
}

type Of<Kind extends Lexeme["kind"]> = Lexeme & { readonly kind: Kind };

function isOfKind<Kind extends Lexeme["kind"]>(lexeme: Lexeme, kind: Kind): lexeme is Of<Kind> {
  return lexeme.kind === kind;
}
