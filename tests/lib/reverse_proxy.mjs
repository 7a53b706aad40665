/** A reverse proxy, as nginx is set up with `proxy_pass` and WebSockets: it sends a `Host` of its own. */

import { once } from "node:events";
import { createServer, request as startRequest } from "node:http";
import { within } from "./deadline.mjs";

export class ReverseProxy {
  #http;
  #below;
  /** Of WebSockets, which the server forgets. @type {Set<import("node:stream").Duplex>} */
  #sockets = new Set();

  /** @param {import("node:http").Server} http @param {string} below */
  constructor(http, below) {
    this.#http = http;
    this.#below = below;
  }

  /**
   * Listens on a free port.
   *
   * @param {{below?: string}} [options] the path below which everything is passed on, with slashes at both ends
   */
  static async start({ below = "/" } = {}) {
    const http = createServer();
    http.listen(0, "127.0.0.1");
    await within("the proxy listens", once(http, "listening"));
    return new ReverseProxy(http, below);
  }

  get origin() {
    const { port } = /** @type {import("node:net").AddressInfo} */ (this.#http.address());
    return `http://127.0.0.1:${port}`;
  }

  /** Of what it passes on. */
  get url() {
    return this.origin + this.#below;
  }

  /** Passes on to the server at `target`, which is told the name `host`: by default its own address. @param {string} target @param {string} [host] */
  passTo(target, host = new URL(target).host) {
    /** @param {import("node:http").IncomingMessage} request */
    const onward = (request) => {
      const path = (request.url ?? "/").replace(this.#below, "/");
      const headers = { ...request.headers, host };
      return startRequest(new URL(path, target), { method: request.method, headers });
    };
    this.#http.on("request", (request, response) => {
      const passed = onward(request);
      passed.on("response", (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      passed.on("error", () => response.destroy());
      request.pipe(passed);
    });
    this.#http.on("upgrade", (request, socket) => {
      this.#keep(socket);
      const passed = onward(request);
      passed.on("upgrade", (answer, server) => {
        this.#keep(server);
        socket.write(head(answer));
        socket.pipe(server).pipe(socket);
      });
      passed.on("response", (answer) => {
        socket.write(head(answer));
        answer.pipe(socket);
      });
      passed.on("error", () => socket.destroy());
      passed.end();
    });
  }

  async stop() {
    for (const socket of this.#sockets) {
      socket.destroy();
    }
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  /** @param {import("node:stream").Duplex} socket */
  #keep(socket) {
    this.#sockets.add(socket);
    // Its end is all that matters of what can befall a socket.
    socket.on("error", () => {});
    socket.on("close", () => this.#sockets.delete(socket));
  }
}

/** An answer's first lines, as they came. @param {import("node:http").IncomingMessage} answer */
function head({ statusCode, statusMessage, rawHeaders }) {
  const lines = [`HTTP/1.1 ${statusCode} ${statusMessage}`];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    lines.push(`${rawHeaders[index]}: ${rawHeaders[index + 1]}`);
  }
  return `${lines.join("\r\n")}\r\n\r\n`;
}
