/** A program in a process of its own, which has to end in time. */

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { within } from "../../../tests/lib/deadline.mjs";

/** No process of these tests lives longer. */
const DEADLINE_MS = 60_000;

/** How many run at the same time. */
const AT_ONCE = 4;

export class Program {
  /** What it wrote to standard output. @type {string[]} */
  lines = [];
  /** What it wrote to standard error. */
  complaints = "";
  /** When it ended, by `Date.now`. */
  endedAtMs = 0;
  #onLine = () => {};

  /**
   * Starts `tests/programs/NAME.mjs`.
   *
   * @param {string} name
   * @param {string[]} args
   * @param {Record<string, string>} environment beside that of the tests
   */
  constructor(name, args = [], environment = {}) {
    const file = fileURLToPath(new URL(`../programs/${name}.mjs`, import.meta.url));
    this.child = spawn(process.execPath, [file, ...args], {
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    const { stdout, stderr } =
      /** @type {{stdout: import("node:stream").Readable, stderr: import("node:stream").Readable}} */ (this.child);
    createInterface({ input: stdout }).on("line", (line) => {
      this.lines.push(line);
      this.#onLine();
    });
    stderr.on("data", (data) => {
      this.complaints += data;
    });
    this.child.once("exit", () => {
      this.endedAtMs = Date.now();
    });
    /** Its exit code, or the signal that ended it, once all that it wrote is read. @type {Promise<number | string>} */
    this.exited = new Promise((resolve) => {
      this.child.once("close", (code, signal) => resolve(code ?? signal ?? "unknown"));
    });
  }

  /** How it ended; it is killed where it does not. @param {number} [deadlineMs] */
  async end(deadlineMs = DEADLINE_MS) {
    try {
      return await within(`the program ends; it said ${this.lines}, ${this.complaints}`, this.exited, deadlineMs);
    } finally {
      this.child.kill("SIGKILL");
    }
  }

  /** Sends it a message, which it may have ended before. @param {string} message */
  tell(message) {
    this.child.send(message, () => {});
  }

  /** Waits for a line. @param {string} line */
  async said(line) {
    const heard = new Promise((resolve, reject) => {
      this.#onLine = () => this.lines.includes(line) && resolve(undefined);
      this.#onLine();
      this.exited.then((how) => reject(new Error(`it ended (${how}) before it said ${line}: ${this.complaints}`)));
    });
    await within(`the program says ${line}`, heard);
  }
}

/** Runs `run` so often, several at the same time. @param {number} times @param {(number: number) => Promise<void>} run */
export async function repeated(times, run) {
  let next = 0;
  const ended = await Promise.allSettled(
    Array.from({ length: AT_ONCE }, async () => {
      while (next < times) {
        next += 1;
        await run(next);
      }
    }),
  );
  const failed = ended.find(({ status }) => status === "rejected");
  if (failed?.status === "rejected") {
    throw failed.reason;
  }
}
