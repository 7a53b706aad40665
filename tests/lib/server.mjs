/** `logrtc serve`: the signaling server with its page, in another process. */

import { Child, builtProgram } from "./child.mjs";
import { within } from "./deadline.mjs";
import { PAGE_FOLDER, pageOrigin } from "./page_folder.mjs";

export class Server {
  #child;
  #address;

  /**
   * @param {Child} child
   * @param {string} address
   * @param {string} [pageOrigin] of a page that it does not embed
   */
  constructor(child, address, pageOrigin) {
    this.#child = child;
    this.#address = address;
    /** For producers. */
    this.signalingUrl = new URL("signaling", address.replace(/^http/, "ws")).href;
    /** Of the page. */
    this.url = pageOrigin === undefined ? address : `${pageOrigin}/?signaling=${this.signalingUrl}`;
  }

  /**
   * Starts one, on a free port or on `port`.
   *
   * @param {number | string} [port]
   * @param {"serve" | "demo"} [command] `demo`: with a producer that logs
   * @param {string} [host] where it listens
   * @param {string[]} [allowedOrigins] of other pages, and of the names under which a proxy reaches it
   * @param {string[]} [more] arguments
   */
  static async start(port = 0, command = "serve", host = "127.0.0.1", allowedOrigins = [], more = []) {
    const program = builtProgram({ name: "logrtc", package: "logrtc-viewer", override: "LOGRTC_SERVER" });
    /** @type {(line: string) => void} */
    let onLine = () => {};
    /** @type {Promise<string>} */
    const first = new Promise((resolve) => {
      onLine = resolve;
    });
    const origin = PAGE_FOLDER === undefined ? undefined : await pageOrigin(PAGE_FOLDER);
    const origins = origin === undefined ? allowedOrigins : [...allowedOrigins, origin];
    const allowing = origins.flatMap((origin) => ["--allow-origin", origin]);
    // In a network of the test's own nobody else is there.
    const open = host === "127.0.0.1" ? [] : ["--insecure-no-token"];
    const child = new Child(program, [command, "--listen", `${host}:${port}`, ...allowing, ...open, ...more], onLine);
    const url = await within("logrtc serve prints its URL", Promise.race([first, child.endedEarly()]));
    return new Server(child, url, origin);
  }

  /** Ends it at once, without a farewell to anybody. */
  async kill() {
    await this.#child.kill("SIGKILL");
  }

  /** Has it end in order. */
  async stop() {
    await this.#child.kill("SIGINT");
  }

  /** Another one on the port of this one, which has ended. */
  async startAgain() {
    return await Server.start(new URL(this.#address).port);
  }
}
