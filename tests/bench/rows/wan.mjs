/** Paths that are long, lossy, or slow. */

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const MAIN = fileURLToPath(new URL("wan_main.mjs", import.meta.url));

/** @type {import("../harness/measurement.mjs").Row} */
export const wan = {
  name: "wan",
  title: "Long, lossy and slow paths",
  method:
    "The producer is behind a link of 25 ms one way, in a network of its own. Rates as above. At 1 Mbit/s, 2 000 entries a " +
    "second are logged for 120 s; then, to another consumer, 40 000 entries of the demo's log at once, which are compressed " +
    "with more effort because the link is the limit.",
  async measure({ runs }) {
    // A network without an interface is where a link can be made, by anybody.
    const command = ["--user", "--map-root-user", "--net", process.execPath, MAIN, String(runs)];
    const { stdout } = await promisify(execFile)("unshare", command, { maxBuffer: 1 << 20 });
    return JSON.parse(stdout);
  },
};
