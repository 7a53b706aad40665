/** A static host, as any is: files of a folder, below a path, and nothing that knows of logrtc. */

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { within } from "./deadline.mjs";

/** One that knows nothing of WebAssembly: many do not. @type {Record<string, string>} */
const TYPES = { html: "text/html; charset=utf-8", js: "text/javascript", css: "text/css", svg: "image/svg+xml" };

export class StaticHost {
  #http;
  #below;

  /** @param {import("node:http").Server} http @param {string} below */
  constructor(http, below) {
    this.#http = http;
    this.#below = below;
  }

  /**
   * Serves the files of `folder` on a free port.
   *
   * @param {string} folder
   * @param {{below?: string, redirects?: boolean, headers?: Record<string, string>}} [options] `below`: the path of the folder,
   *   with slashes at both ends. `redirects`: whether the path without its last slash leads to it, or is answered as it is.
   *   `headers`: of every answer
   */
  static async start(folder, { below = "/", redirects = true, headers = {} } = {}) {
    const http = createServer((request, response) => {
      const { pathname, search } = new URL(request.url ?? "/", "http://localhost");
      const isUnfinished = pathname === below.slice(0, -1);
      if (isUnfinished && redirects) {
        response.writeHead(301, { location: below + search }).end();
        return;
      }
      const path = pathname.slice(below.length) || "index.html";
      const content = isUnfinished || pathname.startsWith(below) ? read(join(folder, path)) : undefined;
      const type = TYPES[path.split(".").at(-1) ?? ""] ?? "application/octet-stream";
      response.writeHead(content === undefined ? 404 : 200, { ...headers, "content-type": type }).end(content);
    });
    http.listen(0, "127.0.0.1");
    await within("the files are served", once(http, "listening"));
    return new StaticHost(http, below);
  }

  get origin() {
    const { port } = /** @type {import("node:net").AddressInfo} */ (this.#http.address());
    return `http://127.0.0.1:${port}`;
  }

  /** Of the folder. */
  get url() {
    return this.origin + this.#below;
  }

  async stop() {
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }
}

/** @param {string} path */
function read(path) {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
