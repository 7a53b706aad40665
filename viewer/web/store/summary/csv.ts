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

/** First `learn` of every line, then `header`, then `row` of every line. */
export class CsvWriter {
  readonly #fields = new Set<string>();

  learn(line: string): void {
    if (this.#fields.size <= MAX_FIELD_COLUMNS) {
      for (const name of fieldsOf(readEntry(line)?.all)?.keys() ?? []) {
        this.#fields.add(name);
      }
    }
  }

  header(): string {
    const columns = this.#hasColumns ? [...this.#fields].map(columnOf) : ["fields"];
    return BYTE_ORDER_MARK + toLine([...OWN_COLUMNS, ...columns]);
  }

  /** A line that is no entry is its message. */
  row(producer: string, line: string): string {
    const entry = readEntry(line);
    const fields = fieldsOf(entry?.all);
    const values = this.#hasColumns
      ? [...this.#fields].map((name) => {
          const value = fields?.get(name);
          return value === undefined ? "" : textOf(value);
        })
      : [fields === undefined ? "" : writeJson(fields)];
    const own =
      entry === undefined
        ? ["", "", producer, "", line]
        : [entry.timestamp, levelNameOf(fields, entry.level), producer, entry.target, entry.message];
    return toLine([...own, ...values]);
  }

  get #hasColumns(): boolean {
    return this.#fields.size <= MAX_FIELD_COLUMNS;
  }
}

function fieldsOf(entry: JsonObject | undefined): JsonObject | undefined {
  return entry === undefined ? undefined : memberObject(entry, "fields");
}

function levelNameOf(fields: JsonObject | undefined, level: string): string {
  const name = fields?.get("level_name");
  return typeof name === "string" ? name : level;
}

/** A field that is called like another column is told from it. */
function columnOf(field: string): string {
  return OWN_COLUMNS.includes(field) ? `fields.${field}` : field;
}

function toLine(cells: readonly string[]): string {
  return cells.map(toCell).join(",") + LINE_END;
}

/** Quoted if need be. What a spreadsheet would run as a formula gets an apostrophe in front: log text is anybody's. */
function toCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !isDecimal(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
