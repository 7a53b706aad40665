"use strict";

const { Writable } = require("node:stream");
const { parentPort, workerData } = require("node:worker_threads");
const { checkType, invalid } = require("./lib/errors");
const { messageText } = require("./lib/call");
const { Lines } = require("./lib/lines");
const { LINE_WRITER, Producer } = require("./lib/producer");
const { writeUnread } = require("./lib/warnings");

/** The options that are not those of `connect`. */
const OWN_OPTIONS = ["producer", "messageKey", "levelKey", "target"];

/** pino gives a stream with this mark the logger of each line, as `lastLogger`. */
const WANTS_LOGGER = Symbol.for("pino.metadata");

/** What pino calls at every `fatal` blocks the program no longer than this. */
const FLUSH_SYNC_MS = 200;

/** pino tells how it is configured before it writes. Who writes without pino is not waited for any longer. */
const CONFIG_WAIT_MS = 1_000;

/** The producer that options describe or hold, with what writes to it, and how the end of a stream ends it. */
function producerOf(options = {}) {
  checkType("options", options, "object");
  const { producer, messageKey, levelKey, target, ...own } = options;
  for (const [name, value] of Object.entries({ messageKey, levelKey, target })) {
    if (value !== undefined) {
      checkType(name, value, "string");
    }
  }
  const isOwned = producer === undefined;
  if (!isOwned && typeof producer?.[LINE_WRITER] !== "function") {
    throw invalid("producer", "must be a producer of logrtc");
  }
  const writer = isOwned ? new Producer(own, OWN_OPTIONS) : producer;
  let writeLines = writer[LINE_WRITER]({ messageKey, levelKey, target });
  return {
    producer: writer,
    write: (...lines) => writeLines(...lines),
    /** Takes what pino says of itself; what the options say counts more. */
    configure(config) {
      const lines = { messageKey: messageKey ?? config?.messageKey, levelKey, labels: config?.levels?.labels, target };
      writeLines = writer[LINE_WRITER](lines);
    },
    /** What a consumer does not take in time is counted, and no error of the program that logs. */
    end: () => (isOwned ? writer.close() : writer.flush()).catch(() => {}),
  };
}

/** pino's transport target, in the worker that pino starts: `{ target: 'logrtc/pino', options }`. */
function transport({ $context, pinoWillSendConfig, ...options } = {}) {
  // The first two are pino's, about itself.
  const { producer, write, configure, end } = producerOf(options);
  const configured = whenConfigured(configure);
  const lines = new Lines();
  const pass = (text) => {
    if (text.length > 0) {
      write(text);
    }
  };
  const writable = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, callback) {
      configured(() => {
        pass(lines.take(chunk));
        callback();
      });
    },
    final(callback) {
      pass(lines.end());
      end()
        .then(writeUnread)
        .then(() => callback());
    },
    destroy(error, callback) {
      end().then(() => callback(error));
    },
  });
  return Object.assign(writable, {
    flush: (callback) => flush(producer, callback),
    flushSync: () => flushSync(producer),
  });
}

/** A function that calls back once pino, where it is to, has told how it is configured. */
function whenConfigured(configure) {
  if (workerData?.workerData?.pinoWillSendConfig !== true) {
    return (act) => act();
  }
  let waiting = [];
  let timer;
  const go = () => {
    clearTimeout(timer);
    const acts = waiting ?? [];
    waiting = undefined;
    acts.forEach((act) => act());
  };
  parentPort.on("message", function hear(message) {
    if (isConfig(message)) {
      parentPort.off("message", hear);
      configure(message.config);
      go();
    }
  });
  return (act) => {
    if (waiting === undefined) {
      act();
      return;
    }
    waiting.push(act);
    timer ??= setTimeout(go, CONFIG_WAIT_MS);
  };
}

function isConfig(message) {
  return message?.code === "PINO_CONFIG";
}

/** pino's key for the bindings of a logger; each copy of pino has its own. */
let bindingsKey;

/** The bindings of a pino logger, as they are in each of its lines; undefined if there is no logger, or it has other keys. */
function bindingsOf(logger) {
  if (typeof logger !== "object" || logger === null) {
    return undefined;
  }
  if (typeof logger[bindingsKey] !== "string") {
    bindingsKey = Object.getOwnPropertySymbols(logger).find(({ description }) => description === "pino.chindings");
  }
  const bindings = logger[bindingsKey];
  return typeof bindings === "string" ? bindings : undefined;
}

/** `logger.flush(callback)`. */
function flush(producer, callback = () => {}) {
  producer.flush().then(() => callback(), callback);
}

/** What pino calls after `fatal`, and at the end of the process. What is late by then stays counted. */
function flushSync(producer) {
  try {
    producer.flushSync({ timeoutMs: FLUSH_SYNC_MS });
  } catch {}
}

/** A stream for pino in the same thread: `pino(options, stream({ clientId }))`. */
function stream(options) {
  const { producer, write, configure, end } = producerOf(options);
  return {
    producer,
    /** By this pino knows a stream that is its only argument. */
    writable: true,
    [WANTS_LOGGER]: true,
    write(line) {
      const bindings = bindingsOf(this.lastLogger);
      // They are of this line alone.
      this.lastLogger = undefined;
      this.lastObj = undefined;
      const text = typeof line === "string" ? line : messageText(line);
      if (bindings === undefined) {
        write(text);
      } else {
        write(text, bindings);
      }
      return true;
    },
    flush: (callback) => flush(producer, callback),
    flushSync: () => flushSync(producer),
    /** How pino tells of itself. */
    emit(_event, message) {
      if (isConfig(message)) {
        configure(message.config);
      }
      return true;
    },
    end() {
      end();
    },
    /** Resolves when everything is delivered, or the time for it is over. */
    async close() {
      await end();
    },
  };
}

module.exports = transport;
module.exports.default = transport;
module.exports.stream = stream;
