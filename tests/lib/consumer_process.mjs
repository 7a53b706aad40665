/** A consumer in a process of its own, which can be stopped where it stands. */

import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Child } from "./child.mjs";
import { eventually } from "./deadline.mjs";

const MAIN = fileURLToPath(new URL("consumer_main.mjs", import.meta.url));

/** Whether the thread that this file of `/proc` tells of has stopped. @param {string} stat */
function hasStopped(stat) {
  try {
    // Behind the name, which is any text in parentheses, comes the state.
    return /\) T [^)]*$/.test(readFileSync(stat, "utf8"));
  } catch (error) {
    // It ends at this moment, and is not in the list when that is read again.
    if (["ENOENT", "ESRCH"].includes(/** @type {NodeJS.ErrnoException} */ (error).code ?? "")) {
      return false;
    }
    throw error;
  }
}

export class ConsumerProcess {
  /** Every entry that came. @type {import("./expected.mjs").Entry[]} */
  entries = [];
  #isOpen = false;
  #child;

  /**
   * @param {string} url of the signaling server
   * @param {{ofAll?: boolean, onFirst?: (producer: string) => void}} [options] `ofAll`: of each producer at the server, and
   *   `onFirst` is called with its name when its first entry comes
   */
  constructor(url, { ofAll = false, onFirst = () => {} } = {}) {
    this.#child = new Child(process.execPath, [MAIN, url, ...(ofAll ? ["all"] : [])], (line) => {
      const message = JSON.parse(line);
      if (message.open) {
        this.#isOpen = true;
      } else if (message.first) {
        onFirst(message.first);
      } else {
        this.entries.push(message);
      }
    });
  }

  async opened() {
    await eventually("the channel of the other process opens", () => this.#isOpen);
  }

  /** Stops the process in the middle of whatever it does. The signal is sent at once; its threads stop one after the other. */
  async pause() {
    const { child } = this.#child;
    child.kill("SIGSTOP");
    const threads = `/proc/${child.pid}/task`;
    await eventually("each thread of the other process stops", () =>
      readdirSync(threads).every((thread) => hasStopped(`${threads}/${thread}/stat`)),
    );
  }

  /** Lets it go on. */
  resume() {
    this.#child.child.kill("SIGCONT");
  }

  async kill() {
    await this.#child.kill();
  }
}
