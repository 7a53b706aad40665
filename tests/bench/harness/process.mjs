/** What a process has used, as Linux counts it. */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const TICKS_PER_SECOND = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

/** User and system time of all of its threads, in seconds. @param {number} pid */
export function cpuSeconds(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // Behind the name, which is any text in parentheses.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Resident memory, in MiB. @param {number} pid */
export function residentMiB(pid) {
  return memory(pid, "Rss");
}

/** Memory that no other process shares, in MiB. @param {number} pid */
export function privateMiB(pid) {
  return memory(pid, "Private_Clean") + memory(pid, "Private_Dirty");
}

/** @param {number} pid @param {string} key */
function memory(pid, key) {
  const line = new RegExp(`^${key}: +(\\d+) kB$`, "m").exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"));
  return Number(line?.[1]) / 1024;
}

/** The share of this machine's processors that is used by anybody, in percent, over a second. */
export async function busyPercent() {
  const before = times();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const after = times();
  return (100 * (after.busy - before.busy)) / (after.all - before.all);
}

function times() {
  const [line] = readFileSync("/proc/stat", "utf8").split("\n", 1);
  const [user, nice, system, idle, iowait, irq, softirq, steal] = line.split(/ +/).slice(1).map(Number);
  const busy = user + nice + system + irq + softirq + steal;
  return { busy, all: busy + idle + iowait };
}
