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
 * The cases for a language without JSON, with fields that are JSON: a line `log` or `send`, a line with the level, and the
 * texts, each as its length in bytes (-1 if it is absent), a line break, the bytes and a line break.
 *
 * @param {readonly Case[]} cases
 */
export function asFrames(cases) {
  return frames(cases, (fields) => textFrame(fieldsText(fields)));
}

/**
 * The same with typed fields: a line with their number, and for each its name, a line with its kind, and a text with its
 * value, which for an array and an object is the number of values that follow.
 *
 * @param {readonly Case[]} cases
 */
export function asTypedFrames(cases) {
  return frames(cases, (fields = {}) => {
    const entries = Object.entries(fields);
    return `${entries.length}\n${entries.map(namedFrame).join("")}`;
  });
}

/** @param {readonly Case[]} cases @param {(fields: Case["fields"]) => string} fieldsFrame */
function frames(cases, fieldsFrame) {
  return cases
    .map(({ send, level, target, message, fields, span }) => {
      if (send !== undefined) {
        return `send\n${textFrame(JSON.stringify(send))}`;
      }
      const texts = [target, message, span?.id, span?.trace_id, span?.parent_id];
      return `log\n${LEVELS[level ?? ""]}\n${texts.map(textFrame).join("")}${fieldsFrame(fields)}`;
    })
    .join("");
}

/** @param {string | undefined} text */
function textFrame(text) {
  return text === undefined ? "-1\n\n" : `${Buffer.byteLength(text)}\n${text}\n`;
}

/** @param {[string, unknown]} field @returns {string} */
function namedFrame([name, value]) {
  return `${textFrame(name)}${valueFrame(value)}`;
}

/** @param {any} value @returns {string} */
function valueFrame(value) {
  const frame = (/** @type {string} */ kind, /** @type {unknown} */ text) => `${kind}\n${textFrame(String(text))}`;
  if (value === null) {
    return "null\n";
  }
  if (Array.isArray(value)) {
    return `${frame("array", value.length)}${value.map(valueFrame).join("")}`;
  }
  if (value.$integer !== undefined) {
    const integer = BigInt(value.$integer);
    const kinds = { int: BigInt.asIntN(64, integer), uint: BigInt.asUintN(64, integer) };
    const kind = Object.entries(kinds).find(([, cut]) => cut === integer)?.[0];
    return frame(kind ?? "json", value.$integer);
  }
  if (value.$float !== undefined) {
    return frame("double", value.$float);
  }
  switch (typeof value) {
    case "boolean":
      return frame("bool", value);
    case "number":
      return frame(Number.isInteger(value) ? "int" : "double", value);
    case "string":
      return frame("text", value);
    default: {
      const members = Object.entries(value);
      return `${frame("object", members.length)}${members.map(namedFrame).join("")}`;
    }
  }
}

/** @param {Record<string, unknown> | undefined} fields */
function fieldsText(fields) {
  const value = (/** @type {any} */ value) => value?.$integer ?? value?.$float ?? JSON.stringify(value);
  return (
    fields && `{${Object.entries(fields).map(([key, each]) => `${JSON.stringify(key)}:${value(each)}`)}}`
  );
}
