"use strict";

const { checkType, refusing } = require("./lib/errors");
const { checkNames } = require("./lib/options");
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

  get token() {
    return this.#native.token ?? undefined;
  }

  /** Lets the process end while the server runs. */
  unref() {
    this.#release?.();
    this.#release = undefined;
    return this;
  }

  close() {
    this.#closed ??= this.#native.close();
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

const OPTIONS = ["listen", "allowOrigins", "open"];

/** Serves the log page, and the signaling that producers connect to, in this process. */
async function serve(options = {}) {
  checkType("options", options, "object");
  checkNames(options, OPTIONS);
  const { listen, allowOrigins, open = false } = options;
  if (listen !== undefined) {
    checkType("listen", listen, "string");
  }
  checkType("open", open, "boolean");
  const { native, hold } = load();
  const server = new Server(refusing(() => new native.NativeServer(listen, allowOrigins)), hold);
  if (open) {
    native.openInBrowser(server.url).catch(({ message }) => {
      warn(`cannot open ${server.url.split("#")[0]} in a browser: ${message}`, "LOGRTC_BROWSER");
    });
  }
  return server;
}

module.exports = { serve };
