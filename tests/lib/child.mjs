/** A process that a test starts, and that never outlives it. */

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { within } from "./deadline.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** How much of what a process said last goes into an error. */
const REMEMBERED_LINES = 20;

/** @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();
process.on("exit", () => {
  for (const child of running) {
    child.kill("SIGKILL");
  }
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.once(signal, () => process.exit(1));
}

/**
 * Where cargo puts a program, or where `override` says that it is.
 *
 * @param {{name: string, package: string, override: string, profile?: "debug" | "release"}} program
 */
export function builtProgram({ name, package: crate, override, profile = "debug" }) {
  const target = process.env.CARGO_TARGET_DIR ?? join(ROOT, "target");
  const path = process.env[override] ?? join(target, profile, name);
  if (!existsSync(path)) {
    const build = `cargo build ${profile === "release" ? "--release " : ""}-p ${crate}`;
    throw new Error(`${path} is not there: \`${build}\` makes it, or ${override} names another`);
  }
  return path;
}

export class Child {
  /**
   * @param {string} command
   * @param {string[]} args
   * @param {(line: string) => void} onLine what it writes to standard output, line by line
   * @param {NodeJS.ProcessEnv} [env]
   */
  constructor(command, args, onLine, env = process.env) {
    const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"], env });
    running.add(child);
    /** @type {string[]} */
    this.complaints = [];
    /** Its exit code, or the signal that ended it. @type {Promise<number | string>} */
    this.exited = new Promise((resolve) => {
      child.once("error", (error) => resolve(error.message));
      child.once("exit", (code, signal) => resolve(code ?? signal ?? "unknown"));
    });
    this.exited.then(() => running.delete(child));
    // What is written to one that has ended is lost, and the end is seen by `exited`.
    child.stdin.on("error", () => {});
    createInterface({ input: child.stdout }).on("line", onLine);
    createInterface({ input: child.stderr }).on("line", (line) => {
      this.complaints.push(line);
      this.complaints.splice(0, this.complaints.length - REMEMBERED_LINES);
    });
    this.child = child;
    this.name = command;
  }

  /** @param {string} line */
  say(line) {
    this.child.stdin.write(`${line}\n`);
  }

  /** Never resolves; rejects where the process ends. @returns {Promise<never>} */
  async endedEarly() {
    const how = await this.exited;
    throw new Error([`${this.name} ended (${how})`, ...this.complaints].join("\n"));
  }

  /** Stops it where it is, as a laptop that is closed would. */
  pause() {
    this.child.kill("SIGSTOP");
  }

  goOn() {
    this.child.kill("SIGCONT");
  }

  /** Ends it, however it is, and waits until it is gone. @param {NodeJS.Signals} [signal] */
  async kill(signal = "SIGKILL") {
    this.child.kill(signal);
    return await within(`${this.name} ends`, this.exited);
  }

  /** Says no more, and waits until it ends by itself. */
  async finish() {
    this.child.stdin.end();
    return await within(`${this.name} ends by itself`, this.exited);
  }
}
