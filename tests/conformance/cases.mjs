/**
 * The cases that every face logs, and the entries that must arrive.
 *
 * A case is a log call (`level`, `target`, `message`, and where it has them `fields` and `span`) or a whole entry
 * (`send`), and `entry`: the exact text that arrives, but for the timestamp of a log call. JSON leaves open what a number
 * is in a language, so a field may also be
 *
 *   {"$integer": "340282366920938463463374607431768211455"}   an integer that a double does not hold
 *   {"$float": "1.0"}                                         a float, `NaN`, `Infinity` and `-Infinity` among them
 *
 * and `unsayable` gives the faces whose language has no such value, with the reason.
 */

import { readFileSync, readdirSync } from "node:fs";

/** @typedef {{id?: string, trace_id?: string, parent_id?: string}} Span */
/** @typedef {{level: string, target: string, message: string, fields?: Record<string, unknown>, span?: Span}} LogCall */
/** @typedef {{name: string, entry: string, send?: object, unsayable?: Record<string, string>} & Partial<LogCall>} Case */

const FOLDER = new URL("cases/", import.meta.url);

/** @returns {Case[]} */
export function readCases() {
  return readdirSync(FOLDER)
    .sort()
    .flatMap((file) => {
      /** @type {Case[]} */
      const cases = JSON.parse(readFileSync(new URL(file, FOLDER), "utf8"));
      return cases.map((each) => ({ ...each, name: `${file}: ${each.name}` }));
    });
}

/**
 * The cases as a driver of a language with JSON reads them: one object a line.
 *
 * @param {readonly Case[]} cases
 */
export function asLines(cases) {
  return cases.map(({ entry, unsayable, ...call }) => `${JSON.stringify(call)}\n`).join("");
}

/** The numbers that C has for the levels. @type {Record<string, number>} */
const LEVELS = { DEBUG: 0, INFO: 1, WARN: 2, ERROR: 3 };

/**
 * The cases for a language without JSON: a line `log LEVEL` or `send`, and the arguments, each as its length in bytes (-1
 * where it is not there), a line break, the bytes and a line break.
 *
 * @param {readonly Case[]} cases
 */
export function asFrames(cases) {
  const argument = (/** @type {string | undefined} */ text) =>
    text === undefined ? "-1\n\n" : `${Buffer.byteLength(text)}\n${text}\n`;
  return cases
    .map(({ send, level, target, message, fields, span }) => {
      if (send !== undefined) {
        return `send\n${argument(JSON.stringify(send))}`;
      }
      const texts = [target, message, fieldsText(fields), span?.id, span?.trace_id, span?.parent_id];
      return `log ${LEVELS[level ?? ""]}\n${texts.map(argument).join("")}`;
    })
    .join("");
}

/** @param {Record<string, unknown> | undefined} fields */
function fieldsText(fields) {
  const value = (/** @type {any} */ value) => value?.$integer ?? value?.$float ?? JSON.stringify(value);
  return (
    fields && `{${Object.entries(fields).map(([key, each]) => `${JSON.stringify(key)}:${value(each)}`)}}`
  );
}
