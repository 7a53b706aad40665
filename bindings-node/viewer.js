'use strict';

const { invalid, refusing } = require('./lib/errors');
const { hold } = require('./lib/lifecycle');
const native = require('./lib/native');

/** A running server: the log page, and the signaling. */
class Server {
  #native;
  #release;

  constructor(nativeServer) {
    this.#native = nativeServer;
    this.#release = hold();
  }

  get url() {
    return this.#native.url;
  }

  get signalingUrl() {
    return this.#native.signalingUrl;
  }

  /** Lets the process end while the server runs. */
  unref() {
    this.#release?.();
    this.#release = undefined;
    return this;
  }

  async close() {
    const stopped = this.#native.stop();
    this.unref();
    await stopped;
  }
}

Object.defineProperty(Server.prototype, Symbol.asyncDispose ?? Symbol.for('nodejs.asyncDispose'), {
  configurable: true,
  writable: true,
  value() {
    return this.close();
  },
});

const OPTIONS = ['listen', 'allowedOrigins'];

/** Serves the log page, and the signaling that producers connect to, in this process. */
async function serve(options = {}) {
  if (typeof options !== 'object' || options === null) {
    throw invalid('options', `must be an object, not ${options === null ? 'null' : typeof options}`);
  }
  const unknown = Object.keys(options).find((key) => !OPTIONS.includes(key));
  if (unknown !== undefined) {
    throw invalid(unknown, `is not an option of serve; use ${OPTIONS.join(', ')}`);
  }
  const { listen, allowedOrigins } = options;
  return new Server(refusing(() => new native.NativeServer(listen, allowedOrigins)));
}

module.exports = { serve };
