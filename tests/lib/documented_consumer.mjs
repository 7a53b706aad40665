/** The consumer that docs/protocol.md prints, as it stands there, in a page of its own. */

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { within } from "./deadline.mjs";

const PROTOCOL = new URL("../../docs/protocol.md", import.meta.url);
const DEFAULT_URL = "ws://localhost:8080/signaling";

/** The script, for the signaling server at `url`. @param {string} url */
function scriptFor(url) {
  const script = readFileSync(PROTOCOL, "utf8").match(/```js\n(.*?)```/s)?.[1];
  if (script === undefined || !script.includes(DEFAULT_URL)) {
    throw new Error(`docs/protocol.md prints no consumer in JavaScript that connects to ${DEFAULT_URL}`);
  }
  return script.replace(DEFAULT_URL, url);
}

/** A page on loopback: browsers let no page without an address connect to this machine. */
export class DocumentedConsumer {
  #server;

  /** @param {import("node:http").Server} server */
  constructor(server) {
    this.#server = server;
  }

  /** Serves it, for the signaling server at `signalingUrl`. @param {string} signalingUrl */
  static async start(signalingUrl) {
    const page = `<!doctype html><link rel="icon" href="data:,"><script>${scriptFor(signalingUrl)}</script>`;
    const server = createServer((_, response) => {
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end(page);
    });
    server.listen(0, "127.0.0.1");
    await within("the page is served", once(server, "listening"));
    return new DocumentedConsumer(server);
  }

  get url() {
    const { port } = /** @type {import("node:net").AddressInfo} */ (this.#server.address());
    return `http://127.0.0.1:${port}/`;
  }

  async stop() {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
