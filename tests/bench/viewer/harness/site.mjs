/** The log page on loopback with the policy of `logrtc serve`, ready-made frames beside it, and a plain page. */

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { PAGE_FOLDER, readPage } from "../../../lib/page_folder.mjs";

/** What `logrtc serve` embeds. */
export const PAGE = PAGE_FOLDER ?? fileURLToPath(new URL("../../../../viewer/web/dist", import.meta.url));
/** Without a policy. */
const PLAIN = {
  "/plain/": new URL("../page/divs.html", import.meta.url),
  "/plain/divs.js": new URL("../page/divs.js", import.meta.url),
  "/plain/consumer.js": new URL("../../../../bindings-node/viewer/index.js", import.meta.url),
  "/plain/worker.html": new URL("../page/worker.html", import.meta.url),
};

export class Site {
  #http;

  /** @param {import("node:http").Server} http */
  constructor(http) {
    this.#http = http;
  }

  /** @param {Record<string, Buffer>} [data] what lies at `/data/NAME` */
  static async start(data = {}) {
    const http = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? "/", "http://localhost");
      const plain = /** @type {Record<string, URL>} */ (PLAIN)[pathname];
      if (plain !== undefined) {
        const type = pathname.endsWith(".js") ? "text/javascript" : "text/html; charset=utf-8";
        response.writeHead(200, { "content-type": type }).end(readFileSync(plain));
      } else if (pathname.startsWith("/data/")) {
        response.writeHead(200, { "content-type": "application/octet-stream" }).end(data[pathname.slice(6)]);
      } else {
        const { status, headers, content } = readPage(PAGE, pathname);
        response.writeHead(status, headers).end(content);
      }
    });
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    return new Site(http);
  }

  get origin() {
    return `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (this.#http.address()).port}`;
  }

  async stop() {
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }
}
