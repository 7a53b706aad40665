/** `test-producer`: a producer in another process, driven line by line. */

import assert from "node:assert/strict";
import { Child, builtProgram } from "./child.mjs";
import { eventually, within } from "./deadline.mjs";

/**
 * @typedef {object} ConsumerStats
 * @property {string} consumer_id
 * @property {number} accepted
 * @property {number} delivered
 * @property {number} waiting
 * @property {number} dropped
 * @property {number} filtered
 * @property {number} buffered_amount
 * @property {number} window_bytes
 *
 * @typedef {object} Stats
 * @property {string} state
 * @property {number} accepted
 * @property {number} retained_entries
 * @property {number} retained_bytes
 * @property {number} registrations
 * @property {number} consumers_opened
 * @property {number} proofs_refused
 * @property {number} open_sockets
 * @property {ConsumerStats[]} consumers
 *
 * @typedef {{event: string, state?: string, consumer_id?: string, reason?: string}} ProducerEvent
 */

export class Producer {
  /** Every event so far. @type {ProducerEvent[]} */
  events = [];
  #child;
  /** Who waits for an answer, in the order of the commands. @type {((answer: any) => void)[]} */
  #waiting = [];

  /**
   * Starts one, which connects to the signaling server at `url`.
   *
   * @param {string} url
   * @param {{clientId?: string, profile?: "debug" | "release", options?: Record<string, number | string>, through?: string[],
   *   onEvent?: (event: ProducerEvent) => void}} [start] `options` are the keys that the program takes; `through` is a
   *   command that starts it, in front of its own
   */
  constructor(url, { clientId = "numbers", profile = "debug", options = {}, through = [], onEvent = () => {} } = {}) {
    const program = builtProgram({
      name: "test-producer",
      package: "logrtc-test-producer",
      override: "LOGRTC_TEST_PRODUCER",
      profile,
    });
    const pairs = Object.entries(options).map(([key, value]) => `${key}=${value}`);
    const [command, ...args] = [...through, program, url, clientId, ...pairs];
    this.#child = new Child(command, args, (line) => {
      const answer = JSON.parse(line);
      if ("event" in answer) {
        this.events.push(answer);
        onEvent(answer);
      } else {
        this.#waiting.shift()?.(answer);
      }
    });
  }

  /**
   * Obeys one command, and returns its answer.
   *
   * @param {string} line
   */
  async command(line) {
    const answer = new Promise((resolve) => this.#waiting.push(resolve));
    this.#child.say(line);
    const { error, ...rest } = await within(line, Promise.race([answer, this.#child.endedEarly()]));
    assert.equal(error, undefined, `${line}: ${error}`);
    return rest;
  }

  /**
   * Logs the entries of the numbers `from` to `to`, without `to`.
   *
   * @param {number} from
   * @param {number} to
   */
  async log(from, to) {
    await this.command(`log ${from} ${to}`);
  }

  /** @returns {Promise<Stats>} */
  async stats() {
    return await this.command("stats");
  }

  /** Whether all that was logged has arrived at every consumer. @param {number} timeoutMs */
  async flush(timeoutMs) {
    return (await this.command(`flush ${timeoutMs}`)).flushed;
  }

  /**
   * The stats, once `condition` holds for them.
   *
   * @param {string} what
   * @param {(stats: Stats) => boolean} condition
   */
  async statsWhen(what, condition) {
    return await eventually(what, async () => {
      const stats = await this.stats();
      return condition(stats) && stats;
    });
  }

  /** The stats, once this many consumers have an open channel. @param {number} count */
  async consumers(count) {
    return await this.statsWhen(`${count} consumers`, ({ consumers }) => consumers.length === count);
  }

  async registered() {
    await this.statsWhen("the producer registers", ({ state }) => state === "Registered");
  }

  /**
   * The first event, of all so far and to come, that `wanted` says yes to.
   *
   * @param {string} what
   * @param {(event: ProducerEvent) => boolean} wanted
   */
  async event(what, wanted) {
    return await eventually(what, () => this.events.find(wanted));
  }

  /** Stops the process where it is; no command is answered until `goOn`. */
  pause() {
    this.#child.pause();
  }

  goOn() {
    this.#child.goOn();
  }

  /** Ends the process. */
  async stop() {
    await this.#child.kill();
  }
}

/**
 * Every entry that a consumer was to get is accounted for.
 *
 * @param {ConsumerStats} consumer
 */
export function assertAccounted(consumer) {
  const { accepted, delivered, waiting, dropped, filtered } = consumer;
  assert.equal(delivered + waiting + dropped + filtered, accepted, JSON.stringify(consumer));
}
