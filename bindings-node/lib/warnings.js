"use strict";

/** Warnings to the person who runs the program, as Node.js itself gives them. */

const { writeSync } = require("node:fs");
const { setTimeout: sleep } = require("node:timers/promises");
const { isMainThread } = require("node:worker_threads");

const TYPE = "LogrtcWarning";

/** Of trouble with the signaling server. */
const CODE = "LOGRTC_SIGNALING";

/** How long the main thread may take to pass on what a worker writes to standard error. */
const PASS_ON_MS = 100;

/** The last warnings of this worker, as lines. */
const given = [];
const MAX_GIVEN = 4;

/** Emits a warning; `--no-warnings` and listeners of `warning` apply. */
function warn(message, code = CODE) {
  process.emitWarning(message, { type: TYPE, code });
  if (!isMainThread) {
    given.push(`(node:${process.pid}) [${code}] ${TYPE}: ${message}\n`);
    given.splice(0, given.length - MAX_GIVEN);
  }
}

/** The same at the exit of the process, where `process.emitWarning` would wait for a tick that never comes. */
function warnNow(message) {
  const warning = new Error(message);
  process.emit("warning", Object.assign(warning, { name: TYPE, code: CODE }));
}

/**
 * Writes the warnings of a worker that nobody else writes: Node.js has the main thread pass on what a worker writes to standard
 * error, and at its exit the main thread does that no more. Node.js has written nothing if warnings are switched off.
 */
async function writeUnread() {
  const lines = given.splice(0);
  if (lines.length > 0 && process.stderr.writableLength > 0) {
    await sleep(PASS_ON_MS);
    if (process.stderr.writableLength > 0) {
      writeSync(2, lines.join(""));
    }
  }
}

module.exports = { warn, warnNow, writeUnread };
