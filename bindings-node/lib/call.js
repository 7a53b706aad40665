"use strict";

/**
 * Reads the arguments of a log call that are not as the types want them. A log call happens where something went wrong
 * already, so it logs what it can make of them. Nothing here throws.
 */

const { types } = require("node:util");
const { encodeValue, isError, isObject } = require("./json");

/**
 * The target, message and fields of a call.
 *
 * - A single argument is the message.
 * - An error as the message is its message, and the field `err`.
 * - An object in the place of the target is the fields, as pino takes it.
 * - Anything else is its text.
 *
 * @returns {{target: string, message: string, fields: unknown}} `target` is `defaultTarget` if the call has none.
 */
function readCall(defaultTarget, target, message, fields) {
  if (message === undefined && fields === undefined) {
    return { target: defaultTarget, ...readMessage(target, undefined) };
  }
  if (isObject(target) && fields === undefined) {
    return { target: defaultTarget, ...readMessage(message, target) };
  }
  const hasTarget = target !== undefined && target !== null;
  return { target: hasTarget ? messageText(target) : defaultTarget, ...readMessage(message, fields) };
}

/** The message and the fields of a call that has a target. */
function readMessage(message, fields) {
  if (isObject(message) && typeof fields === "string") {
    // pino's order.
    return { message: fields, fields: message };
  }
  return { message: messageText(message), fields: isError(message) ? withField(fields, "err", message) : fields };
}

/** Anything as the text of a message: an error is its message, an object its JSON. */
function messageText(value) {
  try {
    if (typeof value === "string") {
      return value;
    }
    if (isError(value)) {
      return String(value.message) || String(value.name);
    }
    if (typeof value === "function") {
      return `[Function: ${value.name}]`;
    }
    return isObject(value) ? encodeValue(value) : String(value);
  } catch {
    return `[${typeof value}]`;
  }
}

/** `fields`, which may be anything, and one more. */
function withField(fields, key, value) {
  return { ...membersOf(fields), [key]: value };
}

/** The members of what is passed as fields: of an error it is `err`, and of what has no members `value`. */
function membersOf(fields) {
  if (fields === undefined || fields === null) {
    return {};
  }
  try {
    if (isError(fields)) {
      return { err: fields };
    }
    if (types.isMap(fields)) {
      return Object.fromEntries(fields);
    }
    const isWhole = !isObject(fields) || Array.isArray(fields) || types.isSet(fields) || typeof fields.toJSON === "function";
    return isWhole ? { value: fields } : { ...fields };
  } catch {
    // Its own code throws, which its encoder bears.
    return { value: fields };
  }
}

/** The texts of a span, by the names that it may have in OpenTelemetry, too. */
const SPAN_KEYS = new Map([
  ...["id", "span_id", "spanId"].map((key) => [key, "id"]),
  ...["trace_id", "traceId"].map((key) => [key, "traceId"]),
  ...["parent_id", "parentId", "parentSpanId"].map((key) => [key, "parentId"]),
]);

/** Keys of a span context of OpenTelemetry that an entry has no place for. */
const PASSED_OVER = new Set(["traceFlags", "traceState", "isRemote"]);

/** A span of docs/protocol.md, "The entry", as it is passed on. One that cannot be read is `invalidSpan`, as text. */
function readSpan(span) {
  if (span === undefined || span === null) {
    return {};
  }
  try {
    const members = {};
    if (!isObject(span)) {
      return { invalidSpan: messageText(span) };
    }
    for (const [key, value] of Object.entries(span)) {
      const name = SPAN_KEYS.get(key);
      if (name !== undefined && ["string", "number", "bigint"].includes(typeof value)) {
        members[name] = String(value);
      } else if (value !== undefined && value !== null && !PASSED_OVER.has(key)) {
        members.invalidSpan = messageText(span);
      }
    }
    return members;
  } catch {
    return { invalidSpan: messageText(span) };
  }
}

module.exports = { membersOf, messageText, readCall, readMessage, readSpan };
