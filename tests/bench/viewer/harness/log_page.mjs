/** The log page in a browser, with the probe in it. */

import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Browser } from "../../../lib/browser.mjs";
import { eventually } from "../../../lib/deadline.mjs";
import { pageBytes } from "./memory.mjs";

/** @typedef {import("../../../lib/browser.mjs").BrowserName} BrowserName */

/** BROWSERS names one of them alone. */
export const BROWSERS = /** @type {BrowserName[]} */ ((process.env.BROWSERS || "chromium,firefox").split(","));
/** @typedef {{received: number, held: number, bytes: number, dropped: number, lost: number, malformed: number}} Counts what is read of the counts of the store */

/** As the browser is called in tables. */
export const TITLES = { chromium: "Chromium", firefox: "Firefox" };

const PROBE = readFileSync(new URL("../page/probe.js", import.meta.url), "utf8");
const GIB = 2 ** 30;
const SETTLE_MS = 3_000;
/** Memory that has not become less for so long stays. Firefox, which nobody can tell to, collects garbage when it has rested. */
const QUIET_MS = { chromium: 6_000, firefox: 20_000 };

export class MeasuredPage {
  #browser;

  /** @param {Browser} browser @param {import("../../../lib/browser.mjs").LogPage} opened @param {number} emptyBytes */
  constructor(browser, opened, emptyBytes) {
    this.#browser = browser;
    this.browser = browser;
    this.page = opened.page;
    /** What the page took when there was nothing in it yet. */
    this.emptyBytes = emptyBytes;
  }

  /**
   * Opens it in a browser of its own.
   *
   * @param {BrowserName} name
   * @param {import("./site.mjs").Site} site
   * @param {{signalingUrl?: string, maxBytes?: number}} [options] `maxBytes`: what the page may hold
   */
  static async open(name, site, { signalingUrl, maxBytes = GIB } = {}) {
    const browser = await Browser.start(name);
    const settings = JSON.stringify({ zone: "local", maxBytes });
    const script = `localStorage.setItem("logrtc.settings", ${JSON.stringify(settings)});\n${PROBE}`;
    // Port 9 listens to nobody: frames are given to the page by the probe.
    const opened = await browser.open(`${site.origin}/?signaling=${signalingUrl ?? "ws://127.0.0.1:9"}`, script);
    await opened.page.waitForSelector("#scroller");
    await sleep(SETTLE_MS);
    return new MeasuredPage(browser, opened, pageBytes());
  }

  /** @template T @param {string} script @returns {Promise<T>} */
  async ask(script) {
    return /** @type {T} */ (await this.page.evaluate(script));
  }

  /** The counts that the page was told last. @returns {Promise<Counts | undefined>} */
  async counts() {
    return await this.ask("bench.counts");
  }

  async reset() {
    await this.ask("resetBench()");
  }

  /** Has the worker take in what lies at `/data/NAME`. Returns how many milliseconds that took. @param {string} name @param {string} session @returns {Promise<number>} */
  async feed(name, session) {
    return await this.ask(`feed("/data/${name}", ${JSON.stringify(session)})`);
  }

  /** So many entries were taken in. @param {number} count */
  async received(count) {
    return await eventually(`${count} entries are taken in`, async () => {
      const counts = await this.counts();
      return counts !== undefined && counts.received >= count && counts;
    });
  }

  /** What the page takes beyond what it took empty, after garbage is gone. */
  async addedBytes() {
    if (this.#browser.name === "chromium") {
      const session = await this.page.context().newCDPSession(this.page);
      await session.send("HeapProfiler.collectGarbage");
      await session.detach();
    }
    const quietMs = QUIET_MS[this.#browser.name];
    let least = pageBytes();
    for (let quietSince = performance.now(); performance.now() - quietSince < quietMs; ) {
      await sleep(SETTLE_MS / 2);
      const bytes = pageBytes();
      if (bytes < 0.98 * least) quietSince = performance.now();
      least = Math.min(least, bytes);
    }
    return least - this.emptyBytes;
  }

  async close() {
    await this.#browser.close();
  }
}
