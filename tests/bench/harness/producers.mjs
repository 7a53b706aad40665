/** The two producers that are compared: logrtc, and one made by hand on node-datachannel. */

import { fork } from "node:child_process";
import { once } from "node:events";
import { builtProgram } from "../../lib/child.mjs";
import { eventually, within } from "../../lib/deadline.mjs";
import { Program } from "./program.mjs";

/** How long what a producer is told to do may take. */
const TIMEOUT_MS = 300_000;

/** Room for all that a row logs at once: what is measured is delivery, not what a full journal does. */
const ROOM = { max_entries: 2_000_000, max_bytes: 800_000_000 };

/**
 * @typedef {object} BenchProducer
 * @property {number} pid
 * @property {(count: number) => Promise<any>} burst logs entries of 240 bytes, without a pause
 * @property {(count: number, perSecond: number) => Promise<any>} pace logs so many a second
 * @property {() => Promise<void>} stop
 */

/** @implements {BenchProducer} */
export class Logrtc {
  #program;

  /** @param {Program} program */
  constructor(program) {
    this.#program = program;
  }

  /**
   * Starts one, which registers at `url`.
   *
   * @param {string} url
   * @param {{options?: Record<string, number>, prefix?: string[]}} [start] `options` are those of `test-producer`, beside
   *   room for all entries; `prefix` is a command that runs it
   */
  static async start(url, { options = ROOM, prefix = [] } = {}) {
    const path = builtProgram({
      name: "test-producer",
      package: "logrtc-test-producer",
      override: "LOGRTC_TEST_PRODUCER",
      profile: "release",
    });
    const pairs = Object.entries(options).map(([key, value]) => `${key}=${value}`);
    const [command, ...args] = [...prefix, path, url, "bench", ...pairs];
    const program = new Program(/** @type {string} */ (command), args, (line) => "event" in line);
    await eventually("the producer registers", async () => (await program.ask("stats")).state === "Registered");
    return new Logrtc(program);
  }

  get pid() {
    return this.#program.pid;
  }

  /** @param {number} count */
  async burst(count) {
    return await this.#program.ask(`burst ${count}`, TIMEOUT_MS);
  }

  /** @param {number} count @param {number} perSecond */
  async pace(count, perSecond) {
    return await this.#program.ask(`pace ${count} ${perSecond}`, TIMEOUT_MS);
  }

  /** Logs entries of the demo. @param {number} count */
  async shop(count) {
    return await this.#program.ask(`shop ${count}`, TIMEOUT_MS);
  }

  async stats() {
    return await this.#program.ask("stats");
  }

  async stop() {
    await this.#program.stop();
  }
}

/** @implements {BenchProducer} */
export class ByHand {
  #child;

  /** @param {import("node:child_process").ChildProcess} child */
  constructor(child) {
    this.#child = child;
  }

  /** @param {string} url @param {{prefix?: string[]}} [start] */
  static async start(url, { prefix = [] } = {}) {
    const child = forkBehind(prefix, ["producer", url]);
    await once(child, "message");
    return new ByHand(child);
  }

  get pid() {
    return /** @type {number} */ (this.#child.pid);
  }

  /** @param {number} count */
  async burst(count) {
    await this.#ask({ burst: count });
  }

  /** @param {number} count @param {number} perSecond */
  async pace(count, perSecond) {
    await this.#ask({ pace: [count, perSecond] });
  }

  async stop() {
    const exited = once(this.#child, "exit");
    // A command in between does not pass a signal on.
    this.#child.disconnect();
    this.#child.kill("SIGKILL");
    await exited;
  }

  /** @param {object} request */
  async #ask(request) {
    const done = once(this.#child, "message");
    const ended = once(this.#child, "exit").then(([code]) => {
      throw new Error(`the producer by hand ended (${code})`);
    });
    // That it is ended later is not of this request.
    ended.catch(() => {});
    this.#child.send(request);
    await within(JSON.stringify(request), Promise.race([done, ended]), TIMEOUT_MS);
  }
}

/** A process of `throughput_child.mjs`, which a command may run. @param {string[]} prefix @param {string[]} args */
export function forkBehind(prefix, args) {
  const [execPath, ...execArgv] = [...prefix, process.execPath];
  return fork(new URL("../throughput_child.mjs", import.meta.url), args, { execPath, execArgv });
}
