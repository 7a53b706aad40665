"use strict";

const { Transport } = require("winston");
const { types } = require("node:util");
const { messageText } = require("./lib/call");
const { isError, isObject } = require("./lib/json");
const { knownLevel } = require("./lib/levels");
const { Producer } = require("./lib/producer");

/** winston's own copies of the level, which no format changes, of the text that a format made, and of what was passed. */
const LEVEL = Symbol.for("level");
const TEXT = Symbol.for("message");
const PASSED = Symbol.for("splat");

/** The options that are not those of `connect`. */
const OWN_OPTIONS = ["format", "silent", "handleExceptions", "handleRejections", "producer", "target"];

class LogrtcTransport extends Transport {
  #isOwned;
  #target;

  constructor({ level, format, silent, handleExceptions, handleRejections, producer, target, ...options } = {}) {
    super({ level, format, silent, handleExceptions, handleRejections });
    this.#isOwned = producer === undefined;
    this.producer = producer ?? new Producer(options, OWN_OPTIONS);
    this.#target = target ?? "winston";
  }

  log(info, next) {
    try {
      this.#pass(info);
    } catch (error) {
      // Nothing that is logged may hurt who logs it; winston tells who listens.
      this.emit("warn", error);
    } finally {
      // Without it, winston would log nothing more.
      next();
    }
    setImmediate(() => this.emit("logged", info));
  }

  #pass(info) {
    const { level: shown, message, timestamp, trace_id: traceId, span_id: spanId, ...fields } = info;
    if (isError(info)) {
      // winston puts its own marks on the error itself, whose stack and type are no members of their own.
      fields.stack ??= info.stack;
      fields.type ??= info.constructor?.name ?? info.name;
    }
    const time = wasPassed(info, "timestamp") ? undefined : timeOf(timestamp);
    if (time === undefined && timestamp !== undefined) {
      // Written as people like to read it, or what the program logs about.
      fields.timestamp = timestamp;
    }
    const level = String(info[LEVEL] ?? shown);
    if (knownLevel(level) === null) {
      // One of the program's own.
      fields.level_name ??= level;
    }
    this.producer.send({
      timestamp: time ?? new Date(),
      level: knownLevel(level) === null ? "INFO" : level,
      target: this.#targetOf(info, fields),
      // Every error inherits a message, which is empty.
      message: Object.hasOwn(info, "message") || message ? textOf(message) : textLeft(info),
      fields,
      span: spanOf({ trace_id: traceId, span_id: spanId }, fields),
    });
  }

  /**
   * The target that the logger gives, by `defaultMeta`, `child` or a format; a key of `defaultMeta` is then no field. What a call
   * itself passes is no target. An error has a `name`, and so have people: only that of `defaultMeta` counts.
   */
  #targetOf(info, fields) {
    const always = this.parent?.defaultMeta;
    const isDefault = (key) => always?.[key] !== undefined && always[key] === info[key] && !wasPassed(info, key);
    const keys = ["module", "label", "name"].filter((key) => typeof info[key] === "string");
    const key = keys.find((each) => isDefault(each) || (each !== "name" && !wasPassed(info, each)));
    if (key === undefined) {
      return this.#target;
    }
    if (isDefault(key)) {
      delete fields[key];
    }
    return info[key];
  }

  /** `logger.end()`: 'finish' means that everything is delivered, or the time for it is over. */
  _final(callback) {
    this.#end().then(() => callback());
  }

  /** `logger.close()`, and `logger.remove(transport)`. */
  close() {
    this.#end();
  }

  async #end() {
    await (this.#isOwned ? this.producer.close() : this.producer.flush()).catch(() => {});
  }
}

/** Whether the call itself passed this value, beside the message. */
function wasPassed(info, key) {
  const passed = info[PASSED];
  return Array.isArray(passed) && passed.some((each) => isObject(each) && key in each && each[key] === info[key]);
}

const ISO_8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d([.,]\d+)?)?(Z|[+-]\d\d(:?\d\d)?)$/;

/** Numbers below this are no milliseconds since 1970 of a log: it would be 1973. */
const LEAST_MILLISECONDS = 1e11;

/** A text of ISO 8601 with its offset, milliseconds since 1970, or a date; undefined for all else, which may mean any time. */
function timeOf(timestamp) {
  let time;
  if (typeof timestamp === "string") {
    time = ISO_8601.test(timestamp) ? Date.parse(timestamp) : Number.NaN;
  } else if (typeof timestamp === "number") {
    time = timestamp >= LEAST_MILLISECONDS ? timestamp : Number.NaN;
  } else {
    time = types.isDate(timestamp) ? Number(timestamp) : Number.NaN;
  }
  const date = new Date(time);
  const year = date.getUTCFullYear();
  // What the calendar of the wire has no year for is no time either.
  return year >= 0 && year <= 9999 ? date : undefined;
}

/** What was logged as the message: an object is shown as JSON, and nothing as nothing. */
function textOf(message) {
  return message === undefined ? "" : messageText(message);
}

/** The message of an entry whose format has taken it away: within the text that the format made, that text, or `msg`. */
function textLeft(info) {
  const text = info[TEXT];
  const moved = messageWithin(text);
  return moved ?? (isError(info) ? "" : textOf(text ?? info.msg));
}

/** logstash's key of the message in a text of JSON; undefined if that is something else. */
function messageWithin(text) {
  try {
    const message = JSON.parse(text)["@message"];
    return message === undefined ? undefined : textOf(message);
  } catch {
    return undefined;
  }
}

/** The span that OpenTelemetry's instrumentation adds; what is no id stays a field. */
function spanOf(ids, fields) {
  const span = {};
  for (const [key, id] of Object.entries(ids)) {
    if (typeof id === "string" && id !== "") {
      span[key === "span_id" ? "id" : key] = id;
    } else if (id !== undefined) {
      fields[key] = id;
    }
  }
  return Object.keys(span).length === 0 ? undefined : span;
}

module.exports = { LogrtcTransport };
