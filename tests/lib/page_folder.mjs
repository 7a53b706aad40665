/**
 * A build of the log page that no server embeds yet: `LOGRTC_PAGE_DIR` names its folder. Tests then open that one, beside a
 * signaling server that lets it in, with the policy that `logrtc serve` sends.
 */

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { within } from "./deadline.mjs";

/** @type {Record<string, string>} */
const TYPES = {
  html: "text/html; charset=utf-8",
  js: "text/javascript",
  css: "text/css",
  svg: "image/svg+xml",
  wasm: "application/wasm",
};

const HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; " +
    "connect-src 'self' ws: wss:; worker-src 'self'; require-trusted-types-for 'script'; trusted-types logrtc; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

export const PAGE_FOLDER = process.env.LOGRTC_PAGE_DIR;

/** @type {Promise<string> | undefined} */
let origin;

/** Of the one that serves the folder, for as long as this process runs. @param {string} folder */
export async function pageOrigin(folder) {
  origin ??= serve(folder);
  return await origin;
}

/** @param {string} folder */
async function serve(folder) {
  const http = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const { status, headers, content } = readPage(folder, pathname);
    response.writeHead(status, headers).end(content);
  });
  http.unref();
  http.on("connection", (socket) => socket.unref());
  http.listen(0, "127.0.0.1");
  await within("the page is served", once(http, "listening"));
  const { port } = /** @type {import("node:net").AddressInfo} */ (http.address());
  return `http://127.0.0.1:${port}`;
}

/** What is answered for a path of the page in a folder. @param {string} folder @param {string} pathname */
export function readPage(folder, pathname) {
  const path = pathname.slice(1) || "index.html";
  const content = read(join(folder, path));
  const type = TYPES[path.split(".").at(-1) ?? ""] ?? "application/octet-stream";
  return { status: content === undefined ? 404 : 200, headers: { ...HEADERS, "content-type": type }, content };
}

/** @param {string} path */
function read(path) {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
