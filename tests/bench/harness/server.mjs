/** `logrtc serve`, built for release: the signaling server of every row but the one that opens channels. */

import { Child, builtProgram } from "../../lib/child.mjs";
import { within } from "../../lib/deadline.mjs";

export class SignalingServer {
  #child;

  /** @param {Child} child @param {string} url for producers and consumers */
  constructor(child, url) {
    this.#child = child;
    this.url = url;
  }

  /** @param {{listen?: string, allowOrigin?: string}} [options] */
  static async start({ listen = "127.0.0.1:0", allowOrigin } = {}) {
    const program = builtProgram({
      name: "logrtc",
      package: "logrtc-viewer",
      override: "LOGRTC_SERVER",
      profile: "release",
    });
    /** @type {(line: string) => void} */
    let onLine = () => {};
    /** @type {Promise<string>} */
    const first = new Promise((resolve) => {
      onLine = resolve;
    });
    const origin = allowOrigin === undefined ? [] : ["--allow-origin", allowOrigin];
    // In a network of the row's own nobody else is there.
    const open = listen.startsWith("127.") ? [] : ["--insecure-no-token"];
    const child = new Child(program, ["serve", "--listen", listen, ...origin, ...open], (line) => onLine(line));
    const url = await within("logrtc serve prints its URL", Promise.race([first, child.endedEarly()]));
    return new SignalingServer(child, new URL("signaling", url.replace(/^http/, "ws")).href);
  }

  async stop() {
    await this.#child.kill();
  }
}
