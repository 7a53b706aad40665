/**
 * A signaling server that says what the base protocol says, and nothing more: nobody is told that it is
 * registered, no message names its sender, and what a producer says but for offers goes nowhere.
 */

import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { WebSocketServer } from "ws";
import { within } from "./deadline.mjs";

/** @typedef {Record<string, any>} Message */
/** @typedef {(what: string, message: Message) => void} Watch */

export class StrictServer {
  /** What the producer said, all of it. @type {Message[]} */
  heard = [];
  #server;
  #watch;
  /** @type {Map<string, import("ws").WebSocket>} */
  #consumers = new Map();
  /** @type {import("ws").WebSocket | undefined} */
  #producer;

  /**
   * @param {WebSocketServer} server
   * @param {Watch} watch
   */
  constructor(server, watch) {
    this.#server = server;
    this.#watch = watch;
    server.on("connection", (socket) => this.#accept(socket));
  }

  /**
   * Starts one, on a free port or on `port`.
   *
   * @param {{host?: string, port?: number, watch?: Watch, http?: import("node:http").Server}} [options] `watch` sees every
   *   message that passes through; `http` listens already, and the server stands on its port
   */
  static async start({ host = "127.0.0.1", port = 0, watch = () => {}, http } = {}) {
    const server = new WebSocketServer({ path: "/signaling", ...(http ? { server: http } : { host, port }) });
    if (http === undefined) {
      await within("the strict server listens", once(server, "listening"));
    }
    return new StrictServer(server, watch);
  }

  get port() {
    return /** @type {import("node:net").AddressInfo} */ (this.#server.address()).port;
  }

  get url() {
    return `ws://127.0.0.1:${this.port}/signaling`;
  }

  /** How many consumers are registered. */
  get consumers() {
    return this.#consumers.size;
  }

  /** Ends it at once, without a farewell to anybody. */
  async stop() {
    for (const socket of this.#server.clients) {
      socket.terminate();
    }
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** @param {import("ws").WebSocket} socket */
  #accept(socket) {
    // Its end is all that matters of what can befall a socket.
    socket.on("error", () => {});
    socket.once("message", (data) => {
      const register = JSON.parse(String(data));
      if (register.role === "producer") {
        this.#acceptProducer(socket, register);
      } else {
        this.#acceptConsumer(socket);
      }
    });
  }

  /**
   * @param {import("ws").WebSocket} socket
   * @param {Message} register
   */
  #acceptProducer(socket, register) {
    this.heard.push(register);
    this.#producer = socket;
    socket.on("message", (data) => {
      const message = JSON.parse(String(data));
      this.heard.push(message);
      if (message.type === "webrtc_offer") {
        this.#watch("offer", message);
        const { to, ...offer } = message;
        this.#consumers.get(to)?.send(JSON.stringify(offer));
      }
    });
    for (const id of this.#consumers.keys()) {
      this.#announce(id);
    }
  }

  /** @param {import("ws").WebSocket} socket */
  #acceptConsumer(socket) {
    const id = `browser_client_${randomUUID()}`;
    this.#consumers.set(id, socket);
    socket.on("close", () => this.#consumers.delete(id));
    socket.on("message", (data) => {
      const { type, sdp, candidate, sdpMLineIndex } = JSON.parse(String(data));
      if (type === "webrtc_answer") {
        this.#tellProducer("answer", { type, sdp });
      } else if (type === "ice_candidate") {
        this.#tellProducer("candidate", { type, candidate, sdpMLineIndex });
      }
    });
    this.#announce(id);
  }

  /** @param {string} id */
  #announce(id) {
    this.#tellProducer("announcement", { type: "consumer_connected", consumer_id: id });
  }

  /**
   * @param {string} what
   * @param {Message} message
   */
  #tellProducer(what, message) {
    this.#watch(what, message);
    this.#producer?.send(JSON.stringify(message));
  }
}
