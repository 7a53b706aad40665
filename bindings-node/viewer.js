"use strict";

const { checkType, invalid, refusing } = require("./lib/errors");
const { warn } = require("./lib/warnings");

/** The compiled file is loaded with the first server: `logrtc/viewer` has the consumer, too, which works without it. */
const load = () => ({ native: require("./lib/native"), hold: require("./lib/lifecycle").hold });

/** Servers that are not closed: they run, whether the program still holds them or not. */
const running = new Set();

/** A running server: the log page, and the signaling. */
class Server {
  #native;
  #release;
  #closed;

  constructor(nativeServer, hold) {
    this.#native = nativeServer;
    this.#release = hold();
    running.add(this);
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

  close() {
    this.#closed ??= this.#native.stop();
    this.unref();
    running.delete(this);
    return this.#closed;
  }
}

Object.defineProperty(Server.prototype, Symbol.asyncDispose ?? Symbol.for("nodejs.asyncDispose"), {
  configurable: true,
  writable: true,
  value() {
    return this.close();
  },
});

const OPTIONS = ["listen", "allowedOrigins", "open"];

/** Serves the log page, and the signaling that producers connect to, in this process. */
async function serve(options = {}) {
  checkType("options", options, "object");
  const unknown = Object.keys(options).find((key) => !OPTIONS.includes(key));
  if (unknown !== undefined) {
    throw invalid(unknown, `is not an option of serve; use ${OPTIONS.join(", ")}`);
  }
  const { listen, allowedOrigins, open = false } = options;
  if (listen !== undefined) {
    checkType("listen", listen, "string");
  }
  checkType("open", open, "boolean");
  const { native, hold } = load();
  const server = new Server(refusing(() => new native.NativeServer(listen, allowedOrigins)), hold);
  if (open) {
    native.openInBrowser(server.url).catch(({ message }) => {
      warn(`cannot open ${server.url} in a browser: ${message}`, "LOGRTC_BROWSER");
    });
  }
  return server;
}

module.exports = { serve };
