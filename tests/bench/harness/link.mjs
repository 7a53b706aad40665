/** A slow link to a network of its own, in which one program runs: `tests/wan`, from a namespace without a network. */

import { builtProgram } from "../../lib/child.mjs";

/** The address of this end. */
export const NEAR = "10.77.0.2";

/**
 * In both directions.
 *
 * @typedef {{delay_ms: number, loss_percent?: number, rate_kbit?: number, queue_kb?: number}} Link
 */

/** The command that runs a program at the other end of a link. @param {Link} link */
export function behind(link) {
  const program = builtProgram({
    name: "test-wan",
    package: "logrtc-test-wan",
    override: "LOGRTC_TEST_WAN",
    profile: "release",
  });
  return [program, ...Object.entries(link).map(([key, value]) => `${key}=${value}`), "--"];
}
