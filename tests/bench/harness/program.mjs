/** A program that answers each line with one line of JSON, and tells news in between. */

import { Child } from "../../lib/child.mjs";
import { eventually, within } from "../../lib/deadline.mjs";

/** @typedef {Record<string, any>} Line */

export class Program {
  /** What it told unasked, all of it. @type {Line[]} */
  news = [];
  #child;
  /** Who waits for an answer, in the order of the questions. @type {((answer: Line) => void)[]} */
  #waiting = [];

  /**
   * @param {string} command
   * @param {string[]} args
   * @param {(line: Line) => boolean} isNews whether a line answers nothing
   */
  constructor(command, args, isNews) {
    this.#child = new Child(command, args, (text) => {
      const line = JSON.parse(text);
      if (isNews(line)) {
        this.news.push(line);
      } else {
        this.#waiting.shift()?.(line);
      }
    });
  }

  get pid() {
    return /** @type {number} */ (this.#child.child.pid);
  }

  /** @param {string} line @param {number} [timeoutMs] @returns {Promise<Line>} */
  async ask(line, timeoutMs = 60_000) {
    /** @type {Promise<Line>} */
    const answer = new Promise((resolve) => this.#waiting.push(resolve));
    this.#child.say(line);
    const { error, ...rest } = await within(line, Promise.race([answer, this.#child.endedEarly()]), timeoutMs);
    if (error !== undefined) {
      throw new Error(`${line}: ${error}`);
    }
    return rest;
  }

  /** The first news, of all so far and to come, that is `wanted`. @param {string} what @param {(line: Line) => boolean} wanted @param {number} [timeoutMs] */
  async told(what, wanted, timeoutMs = 60_000) {
    const told = eventually(what, () => this.news.find(wanted), timeoutMs);
    return /** @type {Line} */ (await Promise.race([told, this.#child.endedEarly()]));
  }

  /** The lines that it writes until it ends by itself. */
  async ended() {
    return await this.#child.exited;
  }

  async stop() {
    await this.#child.kill();
  }
}
