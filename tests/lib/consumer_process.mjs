/** A consumer in a process of its own, which can be stopped where it stands. */

import { fileURLToPath } from "node:url";
import { Child } from "./child.mjs";
import { eventually } from "./deadline.mjs";

const MAIN = fileURLToPath(new URL("consumer_main.mjs", import.meta.url));

export class ConsumerProcess {
  /** Every entry that came. @type {import("./expected.mjs").Entry[]} */
  entries = [];
  #isOpen = false;
  #child;

  /** @param {string} url of the signaling server */
  constructor(url) {
    this.#child = new Child(process.execPath, [MAIN, url], (line) => {
      const message = JSON.parse(line);
      if (message.open) {
        this.#isOpen = true;
      } else {
        this.entries.push(message);
      }
    });
  }

  async opened() {
    await eventually("the channel of the other process opens", () => this.#isOpen);
  }

  /** Stops the process in the middle of whatever it does. */
  pause() {
    this.#child.child.kill("SIGSTOP");
  }

  /** Lets it go on. */
  resume() {
    this.#child.child.kill("SIGCONT");
  }

  async kill() {
    await this.#child.kill();
  }
}
