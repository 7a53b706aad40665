/** Chromium, and the page of a consumer: from an address, because a page without one may not connect to this machine. */

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { Browser } from "../../lib/browser.mjs";

const FOLDER = new URL("../page/", import.meta.url);
const HTML = '<!doctype html><link rel="icon" href="data:,"><script type="module" src="consumer.js"></script>';

export class Chromium {
  /** @param {Browser} browser @param {import("node:http").Server} http */
  constructor(browser, http) {
    this.browser = browser;
    this.http = http;
  }

  static async start() {
    const http = createServer((request, response) => {
      const path = (request.url ?? "/").slice(1);
      response.setHeader("content-type", path === "" ? "text/html; charset=utf-8" : "text/javascript");
      response.end(path === "" ? HTML : readFileSync(new URL(path, FOLDER)));
    });
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    return new Chromium(await Browser.start(), http);
  }

  /** Where the page comes from. */
  get origin() {
    return `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (this.http.address()).port}`;
  }

  /** A new page, ready to be a consumer. */
  async open() {
    const page = await this.browser.blank();
    await page.goto(this.origin);
    await page.waitForFunction("globalThis.startConsumer");
    return page;
  }

  async stop() {
    await this.browser.close();
    this.http.closeAllConnections();
    await new Promise((resolve) => this.http.close(resolve));
  }
}
