"use strict";

const { EventEmitter } = require("node:events");
const { LogrtcError, checkType, invalid, refusing } = require("./errors");
const { encodeEntry, encodeFields } = require("./json");
const lifecycle = require("./lifecycle");
const native = require("./native");
const { programName } = require("./program");
const { warn } = require("./warnings");

const DEBUG = 0;
const INFO = 1;
const WARN = 2;
const ERROR = 3;

/** What a message from the native half is; all else says that there are warnings. */
const EVENT = 0;
const ANSWER = 1;

/** The levels by the names that were used, so that each is looked up natively once. */
const levels = new Map();

/** How many are kept; a name may be spelled in any case. */
const MAX_LEVELS = 64;

/** What the adapters of this package need of a producer, which another copy of it may have made. No program sees it. */
const LINE_WRITER = Symbol.for("logrtc.lineWriter");

class Producer extends EventEmitter {
  #native;
  /** What is called natively, where it is referenced weakly. */
  #listener;
  /** What logs natively, by level. */
  #calls;
  /** The lowest level that any target wants: what is below it costs next to nothing. */
  #lowestLevel;
  /** What waits for an answer, by its number. */
  #questions = new Map();
  #lastQuestion = 0;
  #closing;
  /** Whether what was accepted was drained at an end of the loop, and whether that took all the time that there was. */
  #isDrained = false;
  #isOutOfTime = false;

  /** Use `connect`. */
  constructor(options) {
    super();
    const json = optionsJson(options);
    this.#listener = (topic, message) => this.#told(topic, message);
    this.#native = refusing(() => new native.NativeProducer(json, programName(), this.#listener, process));
    this.#calls = this.#native.calls();
    this.#lowestLevel = this.#native.lowestLevel();
    if (this.state !== "disabled") {
      lifecycle.opened(this, {
        producer: this.#native,
        drain: () => this.#drain(),
        timeLeft: () => (this.#isOutOfTime ? 0 : undefined),
      });
    }
  }

  debug(target, message, fields, span) {
    this.#log(DEBUG, target, message, fields, span);
  }

  info(target, message, fields, span) {
    this.#log(INFO, target, message, fields, span);
  }

  warn(target, message, fields, span) {
    this.#log(WARN, target, message, fields, span);
  }

  error(target, message, fields, span) {
    this.#log(ERROR, target, message, fields, span);
  }

  log(levelName, target, message, fields, span) {
    const { level, levelName: kept } = levelNamed(levelName);
    if (kept === undefined) {
      this.#log(level, target, message, fields, span);
    } else {
      this.#logWith(level, target, message, fields, { levelName: kept, ...spanMembers(span) });
    }
  }

  #log(level, target, message, fields, span) {
    if (span !== undefined && span !== null) {
      this.#logWith(level, target, message, fields, spanMembers(span));
      return;
    }
    if (typeof target !== "string" || typeof message !== "string") {
      checkTexts(target, message);
    }
    if (level < this.#lowestLevel) {
      this.#calls[level]();
    } else {
      this.#calls[level](target, message, encodeFields(fields));
    }
  }

  #logWith(level, target, message, fields, extras) {
    checkTexts(target, message);
    if (level < this.#lowestLevel) {
      this.#calls[level]();
    } else {
      this.#native.logWith(level, target, message, encodeFields(fields), extras);
    }
  }

  send(entry) {
    refusing(() => this.#native.send(encodeEntry(entry)));
  }

  enabled(levelName, target) {
    checkType("target", target, "string");
    return this.#native.enabled(levelNamed(levelName).level, target);
  }

  setLevel(levelName) {
    checkType("level", levelName, "string");
    refusing(() => this.#native.setLevel(levelName));
    this.#lowestLevel = this.#native.lowestLevel();
  }

  setFilter(directives) {
    checkType("filter", directives, "string");
    refusing(() => this.#native.setFilter(directives));
    this.#lowestLevel = this.#native.lowestLevel();
  }

  async flush(options) {
    const timeoutMs = timeoutOf(options);
    await this.#ask((question) => this.#native.flush(question, timeoutMs));
  }

  flushSync(timeoutMs) {
    checkTimeout(timeoutMs);
    refusing(() => this.#native.flushSync(timeoutMs));
  }

  async waitForConsumer(options) {
    const timeoutMs = timeoutOf(options) ?? Infinity;
    return await this.#ask((question) => this.#native.waitForConsumer(question, timeoutMs));
  }

  async close(options) {
    const timeoutMs = timeoutOf(options);
    if (this.#closing !== undefined) {
      // Whoever closed first is told how it went.
      await this.#closing.catch(() => {});
      return;
    }
    this.#closing = this.#ask((question) => this.#native.close(question, timeoutMs));
    try {
      await this.#closing;
    } finally {
      this.#lowestLevel = this.#native.lowestLevel();
      lifecycle.closed(this);
    }
  }

  get lastError() {
    return this.#native.lastError() ?? null;
  }

  get state() {
    return this.#native.state();
  }

  stats() {
    return JSON.parse(this.#native.stats());
  }

  /** A function that logs what a pino logger has written, lines of JSON, with `messageKey`, `levelKey`, `labels`, `target`. */
  [LINE_WRITER](lines) {
    return refusing(() => this.#native.calls(lines)).at(-1);
  }

  /** Asks natively; the answer comes later, and the process stays alive for it. */
  async #ask(begin) {
    this.#lastQuestion = (this.#lastQuestion + 1) >>> 0;
    const question = this.#lastQuestion;
    const release = lifecycle.hold();
    try {
      return await new Promise((resolve, reject) => {
        this.#questions.set(question, { resolve, reject });
        refusing(() => begin(question));
      });
    } finally {
      this.#questions.delete(question);
      release();
    }
  }

  #told(topic, message) {
    if (topic === EVENT) {
      this.emit(...JSON.parse(message));
    } else if (topic === ANSWER) {
      this.#answered(JSON.parse(message));
    } else {
      for (const message of this.#native.takeWarnings()) {
        warn(message);
      }
    }
  }

  #answered({ id, value, code, message, pending }) {
    const question = this.#questions.get(id);
    if (code === undefined) {
      question?.resolve(value);
    } else {
      question?.reject(new LogrtcError(code, message, code === "LOGRTC_TIMEOUT" ? pending : undefined));
    }
  }

  /**
   * Once: a listener of `beforeExit` that logs would be called again after each, for ever. What is accepted later is delivered
   * by the end itself.
   */
  #drain() {
    if (this.#isDrained || this.stats().consumers.length === 0) {
      return;
    }
    this.#isDrained = true;
    this.flush().catch(({ code }) => {
      this.#isOutOfTime = code === "LOGRTC_TIMEOUT";
    });
  }
}

const asyncDispose = Symbol.asyncDispose ?? Symbol.for("nodejs.asyncDispose");
Object.defineProperty(Producer.prototype, asyncDispose, {
  configurable: true,
  writable: true,
  /** Ends a block, which a consumer that is too slow does not make fail. */
  async value() {
    try {
      await this.close();
    } catch (error) {
      if (error.code !== "LOGRTC_TIMEOUT") {
        throw error;
      }
    }
  },
});

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

/** The level that a name means, with the name to keep where the level says less than it. */
function levelNamed(name) {
  const known = levels.get(name);
  if (known !== undefined) {
    return known;
  }
  checkType("level", name, "string");
  const level = refusing(() => native.levelByName(name));
  if (levels.size < MAX_LEVELS) {
    levels.set(name, level);
  }
  return level;
}

function checkTexts(target, message) {
  checkType("target", target, "string");
  checkType("message", message, "string");
}

/** `timeoutMs` of the options of a call that waits. */
function timeoutOf(options = {}) {
  checkType("options", options, "object");
  const unknown = Object.keys(options).find((key) => key !== "timeoutMs");
  if (unknown !== undefined) {
    throw invalid(unknown, "is not an option here; use timeoutMs");
  }
  checkTimeout(options.timeoutMs);
  return options.timeoutMs;
}

function checkTimeout(timeoutMs) {
  if (timeoutMs !== undefined) {
    checkType("timeoutMs", timeoutMs, "number");
    if (!(timeoutMs >= 0)) {
      throw invalid("timeoutMs", `must be a number of milliseconds from 0, not ${timeoutMs}`);
    }
  }
}

const SPAN_KEYS = new Map([
  ["id", "id"],
  ["trace_id", "traceId"],
  ["parent_id", "parentId"],
]);

/** A span of docs/protocol.md, "The entry", as it is passed on. */
function spanMembers(span) {
  if (span === undefined || span === null) {
    return {};
  }
  checkType("span", span, "object");
  const members = {};
  for (const [key, value] of Object.entries(span)) {
    const name = SPAN_KEYS.get(key);
    if (name === undefined) {
      throw invalid(`span.${key}`, `is not a key here; use ${[...SPAN_KEYS.keys()].join(", ")}`);
    }
    if (value !== undefined && value !== null) {
      checkType(`span.${key}`, value, "string");
      members[name] = value;
    }
  }
  return members;
}

module.exports = { LINE_WRITER, Producer };
