/** What a producer adds to a program. */

import { execFileSync, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { builtProgram } from "../../lib/child.mjs";
import { inTurn } from "../harness/delivery.mjs";
import { privateMiB, residentMiB } from "../harness/process.mjs";
import { SignalingServer } from "../harness/server.mjs";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const SETTLE_MS = 2_000;

/** Compiles `memory.c`, with a producer or without one. @param {boolean} withProducer */
function compile(withProducer) {
  const library = builtProgram({ name: "liblogrtc.so", package: "logrtc-c", override: "LOGRTC_LIBRARY", profile: "release" });
  const folder = join(dirname(library), "bench");
  mkdirSync(folder, { recursive: true });
  const program = join(folder, withProducer ? "memory-with" : "memory-without");
  // The loader wants the library under its soname.
  execFileSync("ln", ["-sf", library, join(folder, "liblogrtc.so.0")]);
  const linked = ["-DWITH_PRODUCER", join(folder, "liblogrtc.so.0"), `-Wl,-rpath,${folder}`];
  const source = fileURLToPath(new URL("../memory.c", import.meta.url));
  execFileSync("gcc", ["-std=c11", "-O1", "-Wall", "-Wextra", "-Werror", `-I${ROOT}/include`, source, "-o", program, ...(withProducer ? linked : [])]);
  return program;
}

/** @param {string} program @param {string} url */
async function use(program, url) {
  const child = spawn(program, [url], { stdio: "ignore" });
  try {
    await sleep(SETTLE_MS);
    if (child.exitCode !== null) {
      throw new Error(`${program} ended with ${child.exitCode}`);
    }
    const pid = /** @type {number} */ (child.pid);
    return { resident: residentMiB(pid), own: privateMiB(pid) };
  } finally {
    child.kill("SIGKILL");
  }
}

/** @type {import("../harness/measurement.mjs").Row} */
export const memory = {
  name: "memory",
  title: "Memory of a producer",
  method:
    "A C program that has connected a producer, linked to `liblogrtc.so`, against the same program without: resident " +
    "memory, which has the parts of the library that were used, and private memory.",
  async measure({ runs }) {
    const server = await SignalingServer.start();
    const [withOne, without] = [compile(true), compile(false)];
    const used = await inTurn(runs, {
      with: async () => await use(withOne, server.url),
      without: async () => await use(without, server.url),
    });
    await server.stop();
    /** @param {"resident" | "own"} kind */
    const added = (kind) => used.with.map((memory, run) => memory[kind] - used.without[run][kind]);
    return [
      { what: "resident memory, added", unit: "MiB", values: added("resident"), goal: { of: "value", atMost: 6 } },
      { what: "private memory, added", unit: "MiB", values: added("own") },
    ];
  },
};
