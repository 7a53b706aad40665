"use strict";

const { getSystemErrorName } = require("node:util");

/** What is thrown, and what promises reject with: `code` is for the program, `message` for people. */
class LogrtcError extends Error {
  constructor(code, message, { pending, cause } = {}) {
    super(message, withCause(cause));
    this.code = code;
    if (pending !== undefined) {
      this.pending = pending;
    }
  }

  get name() {
    return "LogrtcError";
  }
}

function invalid(name, problem) {
  return new LogrtcError("LOGRTC_INVALID_ARGUMENT", `${name}: ${problem}`);
}

/** The error for an option that does not exist, with the one that was probably meant. */
function unknownOption(name, known) {
  // Loaded here alone: what has no native half has options, too.
  const hint = require("./native").didYouMean(name, known) || `; use ${known.join(", ")}`;
  return invalid(name, `is not an option${hint}`);
}

/** Throws if `value` is not of the type. */
function checkType(name, value, type) {
  if (typeof value !== type || value === null) {
    const article = type === "object" ? "an" : "a";
    throw invalid(name, `must be ${article} ${type}, not ${value === null ? "null" : typeof value}`);
  }
}

/** The options of an error whose cause is `cause`. One without a cause has no such property. */
function withCause(cause) {
  return cause === undefined ? undefined : { cause };
}

/** The cause of an error of the native half, whose message is the JSON of `src/refusal.rs`. */
function readCause(native) {
  if (native === undefined) {
    return undefined;
  }
  const { message, osError } = JSON.parse(native.message);
  const cause = new Error(message, withCause(readCause(native.cause)));
  // As the errors of node:fs have it.
  return osError === null ? cause : Object.assign(cause, { errno: -osError, code: getSystemErrorName(-osError) });
}

/** Converts a native error to `LogrtcError`. A code that is not ours is of an argument that could not be converted. */
function ours(error) {
  const isOurs = typeof error.code === "string" && error.code.startsWith("LOGRTC_");
  return isOurs
    ? new LogrtcError(error.code, error.message, { cause: readCause(error.cause) })
    : new LogrtcError("LOGRTC_INVALID_ARGUMENT", error.message);
}

/** The result of `call`, whose errors become ours. */
function refusing(call) {
  try {
    return call();
  } catch (error) {
    throw ours(error);
  }
}

module.exports = { LogrtcError, checkType, invalid, refusing, unknownOption };
