"use strict";

const { EventEmitter } = require("node:events");
const { inspect } = require("node:util");
const { messageText, readCall, readSpan } = require("./call");
const { LogrtcError, checkType, refusing } = require("./errors");
const { encodeEntry, encodeFields } = require("./json");
const { DEBUG, ERROR, INFO, WARN, knownLevel } = require("./levels");
const lifecycle = require("./lifecycle");
const { Logger } = require("./logger");
const native = require("./native");
const { optionsJson, waitOptions } = require("./options");
const { programName } = require("./program");
const { warn } = require("./warnings");

/** What a message from the native half is; all else says that there are warnings. */
const EVENT = 0;
const ANSWER = 1;

/** What the adapters of this package need of a producer, which another copy of it may have made. No program sees it. */
const LINE_WRITER = Symbol.for("logrtc.lineWriter");

class Producer extends EventEmitter {
  #native;
  #clientId;
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

  /** Use `connect`. An adapter passes the names of its own options, which may have been meant. */
  constructor(options, adapterOptions = []) {
    super();
    const json = optionsJson(options);
    this.#listener = (topic, message) => this.#told(topic, message);
    this.#native = refusing(
      () => new native.NativeProducer(json, adapterOptions, programName(), this.#listener, process),
    );
    this.#clientId = this.#native.clientId();
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
    const name = messageText(levelName);
    const { level, levelName: kept } = knownLevel(name) ?? { level: INFO, levelName: name };
    if (kept === undefined) {
      this.#log(level, target, message, fields, span);
    } else {
      this.#logWith(level, target, message, fields, { levelName: kept, ...readSpan(span) });
    }
  }

  #log(level, target, message, fields, span) {
    if (typeof target !== "string" || typeof message !== "string" || (span !== undefined && span !== null)) {
      this.#logWith(level, target, message, fields, readSpan(span));
    } else if (level < this.#lowestLevel) {
      this.#calls[level]();
    } else {
      this.#calls[level](target, message, encodeFields(fields));
    }
  }

  /** Logs what is rare, or passed in a way of its own. */
  #logWith(level, target, message, fields, extras) {
    if (level < this.#lowestLevel) {
      this.#calls[level]();
      return;
    }
    const isAsTyped = typeof target === "string" && typeof message === "string";
    const call = isAsTyped ? { target, message, fields } : readCall(this.#clientId, target, message, fields);
    this.#native.logWith(level, call.target, call.message, encodeFields(call.fields), extras);
  }

  /** A logger of one target. */
  logger(target) {
    return new Logger(this, messageText(target ?? this.#clientId), undefined);
  }

  /** A logger whose entries all have these fields. */
  child(fields) {
    return this.logger().child(fields);
  }

  send(entry) {
    refusing(() => this.#native.send(encodeEntry(entry)));
  }

  enabled(levelName, target = this.#clientId) {
    const { level } = knownLevel(messageText(levelName)) ?? { level: INFO };
    return this.#native.enabled(level, messageText(target));
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
    const { timeoutMs, signal } = waitOptions(options, { takesSignal: true });
    await this.#ask((question) => this.#native.flush(question, timeoutMs), signal);
  }

  flushSync(options) {
    const { timeoutMs } = waitOptions(options);
    refusing(() => this.#native.flushSync(timeoutMs));
  }

  async waitForConsumer(options) {
    const { timeoutMs = Infinity, signal } = waitOptions(options, { takesSignal: true });
    return await this.#ask((question) => this.#native.waitForConsumer(question, timeoutMs), signal);
  }

  async close(options) {
    const { timeoutMs } = waitOptions(options);
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

  get clientId() {
    return this.#clientId;
  }

  get url() {
    return this.#native.url();
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

  toJSON() {
    return { clientId: this.clientId, url: this.url, state: this.state };
  }

  [inspect.custom](_depth, options) {
    return `Producer ${inspect(this.toJSON(), { ...options, breakLength: Infinity })}`;
  }

  /** A function that logs what a pino logger has written, lines of JSON, with `messageKey`, `levelKey`, `labels`, `target`. */
  [LINE_WRITER](lines) {
    return refusing(() => this.#native.calls(lines)).at(-1);
  }

  /** Asks natively; the answer comes later, and the process stays alive for it. */
  async #ask(begin, signal) {
    signal?.throwIfAborted();
    this.#lastQuestion = (this.#lastQuestion + 1) >>> 0;
    const question = this.#lastQuestion;
    const release = lifecycle.hold();
    let abort;
    try {
      return await new Promise((resolve, reject) => {
        abort = () => reject(signal.reason);
        signal?.addEventListener("abort", abort);
        this.#questions.set(question, { resolve, reject });
        refusing(() => begin(question));
      });
    } finally {
      signal?.removeEventListener("abort", abort);
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
      question?.reject(new LogrtcError(code, message, code === "LOGRTC_TIMEOUT" ? { pending } : {}));
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

module.exports = { LINE_WRITER, Producer };
