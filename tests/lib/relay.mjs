/** A TCP relay that can be cut: what stands behind it is away, and has not ended. */

import { once } from "node:events";
import { connect, createServer } from "node:net";
import { within } from "./deadline.mjs";

export class Relay {
  #server;
  #target;
  /** @type {Set<import("node:net").Socket>} */
  #sockets = new Set();
  #isCut = false;

  /** @param {import("node:net").Server} server @param {URL} target */
  constructor(server, target) {
    this.#server = server;
    this.#target = target;
    server.on("connection", (socket) => this.#accept(socket));
  }

  /** Starts one, to where `url` leads. @param {string} url */
  static async start(url) {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await within("the relay listens", once(server, "listening"));
    return new Relay(server, new URL(url));
  }

  /** The same address, through the relay. */
  get url() {
    const url = new URL(this.#target);
    url.port = String(/** @type {import("node:net").AddressInfo} */ (this.#server.address()).port);
    return url.href;
  }

  /** Ends every connection, and each new one at once. */
  cut() {
    this.#isCut = true;
    for (const socket of this.#sockets) {
      socket.destroy();
    }
  }

  /** Takes connections again. */
  mend() {
    this.#isCut = false;
  }

  async stop() {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** @param {import("node:net").Socket} socket */
  #accept(socket) {
    if (this.#isCut) {
      socket.destroy();
      return;
    }
    const onward = connect(Number(this.#target.port), this.#target.hostname);
    for (const [one, other] of [
      [socket, onward],
      [onward, socket],
    ]) {
      this.#sockets.add(one);
      // Its end is all that matters of what can befall a socket.
      one.on("error", () => {});
      one.on("close", () => {
        this.#sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  }
}
