/** Entries as CSV (RFC 4180), for spreadsheets. */

import { type JsonObject, textOf, writeJson } from "../json";
import { isDecimal } from "../query/decimal";
import { memberObject, readEntry } from "../reading";

/** If there are more fields, one column has all of them, as JSON. */
const MAX_FIELD_COLUMNS = 100;
const LINE_END = "\r\n";
/** Spreadsheets take text for UTF-8 that begins with it. */
const BYTE_ORDER_MARK = "\ufeff";
const OWN_COLUMNS = ["time", "level", "producer", "target", "message"];
const SPAN = "span.";

/** First `learn` of every line, then `header`, then `row` of every line. */
export class CsvWriter {
  readonly #fields = new Set<string>();
  /** What spans have: their ids and the like. */
  readonly #span = new Set<string>();

  learn(line: string): void {
    const all = readEntry(line)?.all;
    learnNames(this.#fields, membersOf(all, "fields"));
    learnNames(this.#span, membersOf(all, "span"));
  }

  header(): string {
    const span = [...this.#span].map((name) => SPAN + name);
    const columns = this.#hasColumns ? [...this.#fields].map(columnOf) : ["fields"];
    return BYTE_ORDER_MARK + toLine([...OWN_COLUMNS, ...span, ...columns]);
  }

  /** A line that is no entry is its message. */
  row(producer: string, line: string): string {
    const entry = readEntry(line);
    const fields = membersOf(entry?.all, "fields");
    const values = this.#hasColumns
      ? valuesOf(this.#fields, fields)
      : [fields === undefined ? "" : writeJson(fields)];
    const own =
      entry === undefined
        ? ["", "", producer, "", line]
        : [entry.timestamp, levelNameOf(fields, entry.level), producer, entry.target, entry.message];
    return toLine([...own, ...valuesOf(this.#span, membersOf(entry?.all, "span")), ...values]);
  }

  get #hasColumns(): boolean {
    return this.#fields.size <= MAX_FIELD_COLUMNS;
  }
}

function membersOf(entry: JsonObject | undefined, name: string): JsonObject | undefined {
  return entry === undefined ? undefined : memberObject(entry, name);
}

/** One name more than there are columns tells that there are too many. */
function learnNames(names: Set<string>, members: JsonObject | undefined): void {
  for (const name of members?.keys() ?? []) {
    if (names.size > MAX_FIELD_COLUMNS) {
      return;
    }
    names.add(name);
  }
}

function valuesOf(names: ReadonlySet<string>, members: JsonObject | undefined): string[] {
  return [...names].map((name) => {
    const value = members?.get(name);
    return value === undefined ? "" : textOf(value);
  });
}

function levelNameOf(fields: JsonObject | undefined, level: string): string {
  const name = fields?.get("level_name");
  return typeof name === "string" ? name : level;
}

/** A field that is called like another column is told from it. */
function columnOf(field: string): string {
  return OWN_COLUMNS.includes(field) || field.startsWith(SPAN) ? `fields.${field}` : field;
}

function toLine(cells: readonly string[]): string {
  return cells.map(toCell).join(",") + LINE_END;
}

/** Quoted if need be. What a spreadsheet would run as a formula gets an apostrophe in front: log text is anybody's. */
function toCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !isDecimal(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
