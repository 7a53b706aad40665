"use strict";

const { Transport } = require("winston");
const { types } = require("node:util");
const { encodeValue, isError } = require("./lib/json");
const native = require("./lib/native");
const { Producer } = require("./lib/producer");

/** winston's own copy of the level, which no format changes. */
const LEVEL = Symbol.for("level");

/** The keys that may name the module that an entry is from, the closest first. */
const TARGET_KEYS = ["module", "label", "name"];

class LogrtcTransport extends Transport {
  #isOwned;
  #target;

  constructor({ level, format, silent, handleExceptions, handleRejections, producer, target, ...options } = {}) {
    super({ level, format, silent, handleExceptions, handleRejections });
    this.#isOwned = producer === undefined;
    this.producer = producer ?? new Producer(options);
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
    const { level: shown, message, timestamp, ...fields } = info;
    if (isError(info)) {
      // winston puts its own marks on the error itself, whose stack and type are no members of their own.
      fields.stack ??= info.stack;
      fields.type ??= info.constructor?.name ?? info.name;
    }
    const key = TARGET_KEYS.find((name) => typeof fields[name] === "string");
    const target = key === undefined ? this.#target : fields[key];
    if (key !== undefined) {
      delete fields[key];
    }
    const time = timeOf(timestamp);
    if (time === undefined && timestamp !== undefined) {
      // Written as people like to read it, and not as ISO 8601.
      fields.timestamp = timestamp;
    }
    const entry = {
      timestamp: time ?? new Date(),
      level: String(info[LEVEL] ?? shown),
      target,
      message: textOf(message),
      fields,
    };
    if (!isLevel(entry.level)) {
      // One of the program's own.
      fields.level_name ??= entry.level;
      entry.level = "INFO";
    }
    this.producer.send(entry);
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

/** A time in milliseconds, a date, or a text that means one; undefined for all else. */
function timeOf(timestamp) {
  const isText = typeof timestamp === "string";
  if (!isText && typeof timestamp !== "number" && !types.isDate(timestamp)) {
    return undefined;
  }
  const time = new Date(isText ? Date.parse(timestamp) : Number(timestamp));
  // What the calendar of the wire has no year for is no time either.
  const year = time.getUTCFullYear();
  return year >= 0 && year <= 9999 ? time : undefined;
}

/** What was logged as the message: an object is shown as JSON, and nothing as nothing. */
function textOf(message) {
  if (typeof message === "string") {
    return message;
  }
  return message === undefined ? "" : encodeValue(message);
}

const levels = new Map();

/** Whether the core knows the level by this name. */
function isLevel(name) {
  let known = levels.get(name);
  if (known === undefined) {
    known = true;
    try {
      native.levelByName(name);
    } catch {
      known = false;
    }
    levels.set(name, known);
  }
  return known;
}

module.exports = { LogrtcTransport };
