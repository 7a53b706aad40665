"use strict";

/** The options of calls. They are the only thing that is refused. */

const { LogrtcError, checkType, invalid, unknownOption } = require("./errors");

/** The options of `connect` as JSON, which the native half checks one by one. */
function optionsJson(options) {
  checkType("options", options, "object");
  let option = "options";
  try {
    return JSON.stringify(options, function check(key, value) {
      if (this === options) {
        option = key;
      }
      return jsonOption(option, value);
    });
  } catch (error) {
    throw error instanceof LogrtcError ? error : invalid(option, error.message);
  }
}

/** A value of an option, which JSON can hold: what it would leave out or change is refused. */
function jsonOption(option, value) {
  if (typeof value === "function" || typeof value === "symbol") {
    throw invalid(option, `must not be a ${typeof value}`);
  }
  const isNoLimit = option === "maxReconnectAttempts" && value === Infinity;
  if (typeof value === "number" && !Number.isFinite(value) && !isNoLimit) {
    throw invalid(option, `must be a finite number, not ${value}`);
  }
  return value;
}

/** The options of a call that waits: `timeoutMs`, and `signal` if the call `takesSignal`. */
function waitOptions(options = {}, { takesSignal = false } = {}) {
  checkType("options", options, "object");
  const known = takesSignal ? ["timeoutMs", "signal"] : ["timeoutMs"];
  checkNames(options, known);
  const { timeoutMs, signal } = options;
  if (timeoutMs !== undefined) {
    checkType("timeoutMs", timeoutMs, "number");
    if (!(timeoutMs >= 0)) {
      throw invalid("timeoutMs", `must be a number of milliseconds from 0, not ${timeoutMs}`);
    }
  }
  // An AbortSignal of another realm is one, too.
  if (signal !== undefined && typeof signal?.throwIfAborted !== "function") {
    throw invalid("signal", "must be an AbortSignal");
  }
  return { timeoutMs, signal };
}

/** Throws if an option is not one of the known ones. */
function checkNames(options, known) {
  const unknown = Object.keys(options).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw unknownOption(unknown, known);
  }
}

module.exports = { checkNames, optionsJson, waitOptions };
