/** The consumers: libdatachannel, our own in Rust, and a page in Chromium. Each keeps nothing. */

import { once } from "node:events";
import { builtProgram } from "../../lib/child.mjs";
import { eventually, within } from "../../lib/deadline.mjs";
import { Program } from "./program.mjs";
import { forkBehind } from "./producers.mjs";

const TIMEOUT_MS = 300_000;

/** Latencies in milliseconds. @typedef {{count: number, p50: number, p99: number, max: number}} Latency */

/**
 * @typedef {object} BenchConsumer
 * @property {number | undefined} pid
 * @property {() => Promise<unknown>} opened
 * @property {() => Promise<number>} reached when it had all entries, in milliseconds since 1970
 * @property {() => Promise<Latency>} latency of the entries so far
 * @property {() => Promise<void>} stop
 */

/** @implements {BenchConsumer} */
export class LibDataChannel {
  #child;
  #opened;
  #reached;

  /** @param {string} url @param {{entries?: number, latency?: boolean}} [options] `entries`: how many are all */
  constructor(url, { entries = 0, latency = false } = {}) {
    const child = forkBehind([], [latency ? "latency" : "consumer", url, String(entries)]);
    /** @param {string} key */
    const told = (key) =>
      new Promise((resolve) => child.on("message", (/** @type {any} */ message) => key in message && resolve(message[key])));
    this.#child = child;
    this.#opened = told("open");
    this.#reached = told("reached");
  }

  get pid() {
    return /** @type {number} */ (this.#child.pid);
  }

  async opened() {
    await within("the channel opens", this.#opened);
  }

  /** @returns {Promise<number>} */
  async reached() {
    return await within("every entry arrives", this.#reached, TIMEOUT_MS);
  }

  async latency() {
    const answer = once(this.#child, "message");
    this.#child.send("latencies");
    const [{ latencies }] = await within("it tells latencies", answer);
    return summary(latencies);
  }

  async stop() {
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exited;
  }
}

/**
 * Our own, which speaks the extension: one, or many in one process.
 *
 * @implements {BenchConsumer}
 */
export class Drain {
  #program;
  #consumers;

  /**
   * @param {string} url
   * @param {{consumers?: number, entries?: number, filter?: string, latency?: boolean}} [options]
   */
  constructor(url, { consumers = 1, entries, filter, latency = false } = {}) {
    const path = builtProgram({
      name: "logrtc-bench",
      package: "logrtc-bench --features logrtc-bench/program",
      override: "LOGRTC_BENCH",
      profile: "release",
    });
    const wanted = [
      `consumers=${consumers}`,
      ...(entries === undefined ? [] : [`entries=${entries}`]),
      ...(filter === undefined ? [] : [`filter=${filter}`]),
      ...(latency ? ["latency=1"] : []),
    ];
    const isNews = (/** @type {any} */ line) => "open" in line || "reached_ms" in line || "closed" in line;
    this.#program = new Program(path, ["drain", url, ...wanted], isNews);
    this.#consumers = consumers;
  }

  get pid() {
    return this.#program.pid;
  }

  async opened() {
    await this.#program.told(`${this.#consumers} channels open`, ({ open }) => open === this.#consumers);
  }

  async reached() {
    const told = await this.#program.told("every entry arrives", (line) => "reached_ms" in line, TIMEOUT_MS);
    return /** @type {number} */ (told.reached_ms);
  }

  /** What arrived so far, at all of them. */
  async stats() {
    return await this.#program.ask("stats");
  }

  async latency() {
    const { count, p50, p99, max } = (await this.stats()).latency_us;
    return { count, p50: p50 / 1e3, p99: p99 / 1e3, max: max / 1e3 };
  }

  /** What arrived, once so many entries have come or are reported as lost. @param {number} entries */
  async settled(entries) {
    return await eventually(`${entries} entries come, or are reported as lost`, async () => {
      const stats = await this.stats();
      return stats.entries + stats.lost >= entries && stats;
    });
  }

  async stop() {
    await this.#program.stop();
  }
}

/** @implements {BenchConsumer} */
export class InChromium {
  pid = undefined;
  #page;

  /** @param {import("playwright-core").Page} page */
  constructor(page) {
    this.#page = page;
  }

  /**
   * @param {import("./chromium.mjs").Chromium} chromium
   * @param {string} url
   * @param {{entries?: number, extension?: boolean, latency?: boolean}} [options]
   */
  static async start(chromium, url, { entries = 0, extension = false, latency = false } = {}) {
    const page = await chromium.open();
    await page.evaluate(`startConsumer(${JSON.stringify(url)}, ${JSON.stringify({ extension, latency, target: entries })})`);
    return new InChromium(page);
  }

  /** @returns {Promise<import("../page/consumer.js").PageState>} */
  async state() {
    return await this.#page.evaluate("consumer.state()");
  }

  async opened() {
    await eventually("the channel opens", async () => (await this.state()).open > 0);
  }

  async reached() {
    const reached = async () => {
      // Asking takes time of the page.
      await new Promise((resolve) => setTimeout(resolve, 100));
      return (await this.state()).reached || undefined;
    };
    return await eventually("every entry arrives", reached, TIMEOUT_MS);
  }

  async latency() {
    return summary((await this.state()).latencies);
  }

  async stop() {
    await this.#page.evaluate("consumer.stop()");
    await this.#page.close();
  }
}

/** @param {number[]} latencies @returns {Latency} */
function summary(latencies) {
  const sorted = latencies.toSorted((a, b) => a - b);
  /** @param {number} share */
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}
