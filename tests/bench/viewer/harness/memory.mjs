/** What the pages of the browser that this process has started take. */

import { readdirSync, readFileSync } from "node:fs";

/** Of Chromium, and of Firefox. */
const PAGE_PROCESS = /--type=renderer|-contentproc.*\btab$/;

/** Memory of all processes that run pages, in bytes; what several share is divided among them. */
export function pageBytes() {
  return descendants(process.pid)
    .filter((pid) => PAGE_PROCESS.test(commandOf(pid)))
    .reduce((sum, pid) => sum + proportionalBytes(pid), 0);
}

/** @param {number} ancestor */
function descendants(ancestor) {
  const parents = new Map(
    readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [Number(name), parentOf(name)]),
  );
  return [...parents.keys()].filter((pid) => {
    for (let at = parents.get(pid); at !== undefined && at > 1; at = parents.get(at)) {
      if (at === ancestor) return true;
    }
    return false;
  });
}

/** @param {string} pid */
function parentOf(pid) {
  const stat = read(`/proc/${pid}/stat`);
  // Behind the name, which is any text in parentheses.
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
}

/** @param {number} pid */
function commandOf(pid) {
  return read(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim();
}

/** @param {number} pid */
function proportionalBytes(pid) {
  return Number(/^Pss: +(\d+) kB$/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) * 1_024;
}

/** Empty for a process that has just ended. @param {string} path */
function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
