/** What may be written next at the caret of a query. */

import type { Facets, FacetValue } from "../../store/protocol";
import { lex } from "../../store/query/lex";
import { exactTargetTerm, fieldTerm, producerTerm } from "./edit";
import { keyText } from "./terms";

export interface Choice {
  /** What is shown. */
  readonly label: string;
  /** What takes the place of the text from `start` to `end`. */
  readonly insert: string;
  readonly count: number | undefined;
}

export interface Completion {
  readonly start: number;
  readonly end: number;
  readonly choices: readonly Choice[];
  /** Whether what stands there is such a value already, even if others begin with it. */
  readonly isWhole: boolean;
}

const MAX_CHOICES = 12;
const KEYS = ["level", "target", "producer"];
const LEVELS = ["debug", "info", "warn", "error"];
const TERM = /^-?(?:"((?:[^"\\]|\\.)*)"|([^\s"():<>~=]+))(:)(.*)$/su;

export function complete(text: string, caret: number, facets: Facets | undefined): Completion {
  const { start, end } = wordAt(text, caret);
  const written = text.slice(start, caret);
  const [, quotedKey, bareKey, colon, value] = TERM.exec(written) ?? [];
  const sign = written.startsWith("-") ? "-" : "";
  const key = quotedKey?.replace(/\\(["\\])/g, "$1") ?? bareKey;
  const values =
    colon === undefined || key === undefined || value === undefined
      ? undefined
      : valueChoices(key, quotedKey !== undefined, value, facets);
  const choices = values ?? keyChoices(written.slice(sign.length), facets);
  const others = choices.map((choice) => ({ ...choice, insert: sign + choice.insert }));
  const open = others.filter(({ insert }) => values === undefined || insert !== written);
  return { start, end, choices: open.slice(0, MAX_CHOICES), isWhole: open.length < others.length };
}

/** The text and the caret behind what was chosen. A value is followed by a space, so that the next term can be typed. */
export function accept(
  text: string,
  { start, end }: Completion,
  { insert }: Choice,
): { text: string; caret: number } {
  const rest = text.slice(end).replace(/^ /, "");
  const isKey = insert.endsWith(":");
  const inserted = isKey ? insert : `${insert} `;
  return { text: text.slice(0, start) + inserted + rest, caret: start + inserted.length };
}

function wordAt(text: string, caret: number): { start: number; end: number } {
  const lexemes = lex(text);
  const index = lexemes.findIndex(
    ({ kind, start, end }) => kind !== "open" && kind !== "close" && start < caret && caret <= end,
  );
  const found = lexemes[index];
  if (found === undefined) {
    return { start: caret, end: caret };
  }
  const before = lexemes[index - 1];
  const isNegated = found.kind === "term" && before?.kind === "not" && before.end === found.start;
  return { start: isNegated ? before.start : found.start, end: found.end };
}

function keyChoices(written: string, facets: Facets | undefined): Choice[] {
  const wanted = written.replace(/^"/, "").toLowerCase();
  const own = KEYS.map((key) => ({ label: `${key}:`, insert: `${key}:`, name: key }));
  const fields = (facets?.fields ?? []).map(({ name }) => ({
    label: `${name}:`,
    // A field that shares its name with a term is told from it by quotes.
    insert: `${KEYS.includes(name.toLowerCase()) ? JSON.stringify(name) : keyText(name)}:`,
    name,
  }));
  return [...own, ...fields]
    .filter(({ name }) => name.toLowerCase().includes(wanted))
    .sort((one, other) => rank(one.name, wanted) - rank(other.name, wanted))
    .map(({ label, insert }) => ({ label, insert, count: undefined }));
}

function valueChoices(key: string, isQuoted: boolean, written: string, facets: Facets | undefined): Choice[] {
  const wanted = written.replace(/^"/, "").replace(/"$/, "").toLowerCase();
  return valuesOf(key, isQuoted, facets)
    .filter(({ value }) => value.toLowerCase().includes(wanted))
    .sort((one, other) => rank(one.value, wanted) - rank(other.value, wanted))
    .map(({ value, insert, count }) => ({ label: value, insert, count }));
}

interface Value {
  readonly value: string;
  readonly insert: string;
  readonly count: number | undefined;
}

function valuesOf(key: string, isQuoted: boolean, facets: Facets | undefined): Value[] {
  const own = isQuoted ? undefined : key.toLowerCase();
  const withTerms = (values: readonly FacetValue[] | undefined, term: (value: string) => string): Value[] =>
    (values ?? []).map(({ value, count }) => ({ value, count, insert: term(value) }));
  switch (own) {
    case "level":
      return LEVELS.flatMap((name, code) => {
        const count = facets?.levels[code];
        const more = facets?.levels.slice(code, LEVELS.length).reduce((sum, one) => sum + one, 0);
        return [
          { value: `${name}+`, insert: `level:${name}+`, count: more },
          { value: name, insert: `level:${name}`, count },
        ];
      });
    case "target":
      return withTerms(facets?.targets, exactTargetTerm);
    case "producer":
      return withTerms(facets?.producers, producerTerm);
    default:
      return withTerms(facets?.fields.find(({ name }) => name === key)?.values, (value) =>
        fieldTerm(key, value),
      );
  }
}

/** What begins with it comes first. */
function rank(text: string, wanted: string): number {
  return text.toLowerCase().startsWith(wanted) ? 0 : 1;
}
