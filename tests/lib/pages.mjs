/** Pages on loopback, for a signaling server that has none: browsers let no page without an address connect to this machine. */

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";
import { within } from "./deadline.mjs";
import { PAGE_FOLDER } from "./page_folder.mjs";

const PROTOCOL = new URL("../../docs/protocol.md", import.meta.url);
const LOG_PAGE =
  PAGE_FOLDER === undefined ? new URL("../../viewer/web/dist/", import.meta.url) : pathToFileURL(`${PAGE_FOLDER}/`);
const DEFAULT_URL = "ws://localhost:8080/signaling";

/** @type {Record<string, string>} */
const TYPES = { html: "text/html; charset=utf-8", js: "text/javascript", css: "text/css", svg: "image/svg+xml", wasm: "application/wasm" };

export class Pages {
  /** @param {import("node:http").Server} http */
  constructor(http) {
    this.http = http;
  }

  /** @param {(path: string) => string | Buffer} read the file at a path below the root */
  static async #start(read) {
    const http = createServer((request, response) => {
      const path = new URL(request.url ?? "/", "http://localhost").pathname.slice(1) || "index.html";
      response.setHeader("content-type", TYPES[path.split(".").at(-1) ?? ""] ?? "application/octet-stream");
      response.end(read(path));
    });
    http.listen(0, "127.0.0.1");
    await within("the pages are served", once(http, "listening"));
    return new Pages(http);
  }

  /** The log page, whose signaling server is to be beside it. */
  static async logPage() {
    return await Pages.#start((path) => readFileSync(new URL(path, LOG_PAGE)));
  }

  /** The consumer that docs/protocol.md prints, as it stands there. @param {string} signalingUrl */
  static async documentedConsumer(signalingUrl) {
    const script = readFileSync(PROTOCOL, "utf8").match(/```js\n(.*?)```/s)?.[1];
    if (script === undefined || !script.includes(DEFAULT_URL)) {
      throw new Error(`docs/protocol.md prints no consumer in JavaScript that connects to ${DEFAULT_URL}`);
    }
    const connecting = script.replace(DEFAULT_URL, signalingUrl);
    return await Pages.#start(() => `<!doctype html><link rel="icon" href="data:,"><script>${connecting}</script>`);
  }

  get url() {
    const { port } = /** @type {import("node:net").AddressInfo} */ (this.http.address());
    return `http://127.0.0.1:${port}/`;
  }

  async stop() {
    this.http.closeAllConnections();
    await new Promise((resolve) => this.http.close(resolve));
  }
}
