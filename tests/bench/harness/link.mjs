/** A link with a delay, loss and a rate between two networks of their own: needs root. LOGRTC_WAN names the program. */

import { Child } from "../../lib/child.mjs";
import { within } from "../../lib/deadline.mjs";
import { SignalingServer } from "./server.mjs";

/** The two ends, and the address of the first. */
const NEAR = ["ip", "netns", "exec", "wanA"];
const FAR = ["ip", "netns", "exec", "wanB"];
const NEAR_ADDRESS = "10.77.0.1:8080";

/**
 * @typedef {object} Path
 * @property {number} delayMs one way
 * @property {number} lossPercent
 * @property {number} [megabits] a second
 * @property {number} [queuePackets]
 */

export class Link {
  /** Runs a program at the producer's end, or at the consumer's. */
  near = NEAR;
  far = FAR;
  #child;
  #server;

  /** @param {Child} child @param {SignalingServer} server */
  constructor(child, server) {
    this.#child = child;
    this.#server = server;
  }

  /** Starts one, with a signaling server at the producer's end. @param {Path} path */
  static async start({ delayMs, lossPercent, megabits = 0, queuePackets = 100_000 }) {
    const program = process.env.LOGRTC_WAN;
    if (!program) {
      throw new Error("LOGRTC_WAN: must name the program that makes the link");
    }
    /** @type {(line: string) => void} */
    let onLine = () => {};
    /** @type {Promise<string>} */
    const ready = new Promise((resolve) => {
      onLine = resolve;
    });
    const args = [delayMs, lossPercent, megabits, queuePackets].map(String);
    const child = new Child(program, args, (line) => onLine(line));
    await within("the link is ready", Promise.race([ready, child.endedEarly()]));
    return new Link(child, await SignalingServer.start({ listen: NEAR_ADDRESS, prefix: NEAR }));
  }

  get url() {
    return this.#server.url;
  }

  async stop() {
    await this.#server.stop();
    // Its namespaces go when it ends in order.
    await this.#child.finish();
  }
}
