'use strict';

const { Writable } = require('node:stream');
const { Producer, SET_LINE_FORMAT, WRITE_LINES } = require('./lib/producer');

/** What has no end of line by then is passed on as it is. */
const MAX_LINE_LENGTH = 1024 * 1024;

/** The producer that options describe or hold, and how the end of a stream ends it. */
function producerOf({ producer, messageKey, target, ...options } = {}) {
  const own = producer ?? new Producer(options);
  if (messageKey !== undefined || target !== undefined) {
    own[SET_LINE_FORMAT](messageKey, target);
  }
  const isOwned = producer === undefined;
  return {
    producer: own,
    /** What a consumer does not take in time is counted, and no error of the program that logs. */
    end: () => (isOwned ? own.close() : own.flush()).catch(() => {}),
  };
}

/** pino's transport target, in the worker that pino starts: `{ target: 'logrtc/pino', options }`. */
function transport(options) {
  const { producer, end } = producerOf(options);
  // What comes is a piece of a text of lines.
  let rest = '';
  const pass = (lines) => {
    if (lines.length > 0) {
      producer[WRITE_LINES](lines);
    }
  };
  return new Writable({
    decodeStrings: false,
    write(chunk, _encoding, callback) {
      const text = rest + chunk;
      const end = text.length > MAX_LINE_LENGTH ? text.length : text.lastIndexOf('\n') + 1;
      rest = text.slice(end);
      pass(text.slice(0, end));
      callback();
    },
    final(callback) {
      pass(rest);
      end().then(() => callback());
    },
  });
}

/** A stream for pino in the same thread: `pino(options, stream({ clientId }))`. */
function stream(options) {
  const { producer, end } = producerOf(options);
  return {
    producer,
    write(line) {
      producer[WRITE_LINES](line);
      return true;
    },
    /** Called by `logger.flush(callback)`. */
    flush(callback = () => {}) {
      producer.flush().then(() => callback(), callback);
    },
    flushSync() {
      try {
        producer.flushSync();
      } catch {
        // What is late stays counted.
      }
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
