"use strict";

/** Warnings to the person who runs the program, as Node.js itself gives them. */

const TYPE = "LogrtcWarning";

/** Of trouble with the signaling server. */
const CODE = "LOGRTC_SIGNALING";

/** Emits a warning; `--no-warnings` and listeners of `warning` apply. */
function warn(message, code = CODE) {
  process.emitWarning(message, { type: TYPE, code });
}

/** The same at the exit of the process, where `process.emitWarning` would wait for a tick that never comes. */
function warnNow(message) {
  const warning = new Error(message);
  process.emit("warning", Object.assign(warning, { name: TYPE, code: CODE }));
}

module.exports = { warn, warnNow };
