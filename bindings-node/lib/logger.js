"use strict";

const { inspect } = require("node:util");
const { membersOf, readMessage } = require("./call");

/** A target of a producer, with fields that each of its entries has. */
class Logger {
  #producer;
  #target;
  #fields;

  /** Use `producer.logger` or `producer.child`. `fields` is undefined if there are none. */
  constructor(producer, target, fields) {
    this.#producer = producer;
    this.#target = target;
    this.#fields = fields;
  }

  get target() {
    return this.#target;
  }

  debug(message, fields, span) {
    this.log("DEBUG", message, fields, span);
  }

  info(message, fields, span) {
    this.log("INFO", message, fields, span);
  }

  warn(message, fields, span) {
    this.log("WARN", message, fields, span);
  }

  error(message, fields, span) {
    this.log("ERROR", message, fields, span);
  }

  log(level, message, fields, span) {
    const call = typeof message === "string" ? { message, fields } : readMessage(message, fields);
    this.#producer.log(level, this.#target, call.message, this.#with(call.fields), span);
  }

  enabled(level) {
    return this.#producer.enabled(level, this.#target);
  }

  /** A logger of another target, with the same fields. */
  logger(target) {
    return new Logger(this.#producer, target, this.#fields);
  }

  /** A logger of the same target, with these fields, too. */
  child(fields) {
    return new Logger(this.#producer, this.#target, this.#with(membersOf(fields)));
  }

  #with(fields) {
    if (this.#fields === undefined || fields === undefined || fields === null) {
      return fields ?? this.#fields;
    }
    return { ...this.#fields, ...membersOf(fields) };
  }

  toJSON() {
    return { target: this.#target, fields: this.#fields };
  }

  [inspect.custom](_depth, options) {
    return `Logger ${inspect(this.toJSON(), { ...options, breakLength: Infinity })}`;
  }
}

module.exports = { Logger };
