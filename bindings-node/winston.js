"use strict";

const { Transport } = require("winston");
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
    const key = TARGET_KEYS.find((name) => typeof fields[name] === "string");
    const target = key === undefined ? this.#target : fields[key];
    if (key !== undefined) {
      delete fields[key];
    }
    const time = timestamp === undefined ? Date.now() : Date.parse(timestamp);
    if (Number.isNaN(time)) {
      // Written as people like to read it, and not as ISO 8601.
      fields.timestamp = timestamp;
    }
    const entry = {
      timestamp: new Date(Number.isNaN(time) ? Date.now() : time),
      level: String(info[LEVEL] ?? shown),
      target,
      message: typeof message === "string" ? message : String(message),
      fields,
    };
    if (!isLevel(entry.level)) {
      // One of the program's own.
      fields.level_name = entry.level;
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
