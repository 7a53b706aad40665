"use strict";

const { Writable } = require("node:stream");
const { LINE_WRITER, Producer } = require("./lib/producer");

/** What has no end of line by then is passed on as it is. */
const MAX_LINE_LENGTH = 1024 * 1024;

/** The producer that options describe or hold, and how the end of a stream ends it. */
function producerOf({ producer, messageKey, target, ...options } = {}) {
  const own = producer ?? new Producer(options);
  const isOwned = producer === undefined;
  return {
    producer: own,
    writeLines: own[LINE_WRITER](messageKey, target),
    /** What a consumer does not take in time is counted, and no error of the program that logs. */
    end: () => (isOwned ? own.close() : own.flush()).catch(() => {}),
  };
}

/** pino's transport target, in the worker that pino starts: `{ target: 'logrtc/pino', options }`. */
function transport({ $context, pinoWillSendConfig, ...options } = {}) {
  // The first two are pino's, about itself.
  const { producer, writeLines, end } = producerOf(options);
  // What comes is a piece of a text of lines.
  let rest = "";
  const pass = (lines) => {
    if (lines.length > 0) {
      writeLines(lines);
    }
  };
  const writable = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, callback) {
      const text = rest + chunk;
      const end = text.length > MAX_LINE_LENGTH ? text.length : text.lastIndexOf("\n") + 1;
      rest = text.slice(end);
      pass(text.slice(0, end));
      callback();
    },
    final(callback) {
      pass(rest);
      end().then(() => callback());
    },
  });
  return Object.assign(writable, {
    flush: (callback) => flush(producer, callback),
    flushSync: () => flushSync(producer),
  });
}

/** `logger.flush(callback)`. */
function flush(producer, callback = () => {}) {
  producer.flush().then(() => callback(), callback);
}

/** What pino calls at the end of the process. What is late by then stays counted. */
function flushSync(producer) {
  try {
    producer.flushSync();
  } catch {}
}

/** A stream for pino in the same thread: `pino(options, stream({ clientId }))`. */
function stream(options) {
  const { producer, writeLines, end } = producerOf(options);
  return {
    producer,
    write(line) {
      writeLines(line);
      return true;
    },
    flush: (callback) => flush(producer, callback),
    flushSync: () => flushSync(producer),
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
