/** Where and when it was measured. */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, release, totalmem } from "node:os";

/**
 * @typedef {object} Machine
 * @property {string} processor
 * @property {string} system
 * @property {Record<string, string>} versions
 *
 * @typedef {{date: string, commit: string}} Moment
 */

/** @param {string} command @param {string[]} args */
function output(command, ...args) {
  // Chromium's start script complains about the machine.
  return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
}

/** @param {string} path */
function version(path) {
  return JSON.parse(readFileSync(new URL(`../../node_modules/${path}/package.json`, import.meta.url), "utf8")).version;
}

/** @returns {Machine} */
export function machine() {
  const memoryGiB = Math.round(totalmem() / 2 ** 30);
  return {
    processor: `${availableParallelism()} cores of ${cpus()[0]?.model.trim()}, ${memoryGiB} GiB`,
    system: `Linux ${release()}`,
    versions: {
      rustc: output("rustc", "--version").split(" ")[1] ?? "",
      Node: process.versions.node,
      "node-datachannel": version("node-datachannel"),
      Chromium: output(process.env.CHROMIUM || "chromium", "--version").split(" ")[1] ?? "",
    },
  };
}

/** @returns {Moment} */
export function now() {
  const commit = output("git", "rev-parse", "--short", "HEAD");
  const changed = output("git", "status", "--porcelain", "--untracked-files=no", "--", "core", "viewer/src", "tests/producer");
  return { date: new Date().toISOString().slice(0, 10), commit: changed === "" ? commit : `${commit} with changes` };
}
