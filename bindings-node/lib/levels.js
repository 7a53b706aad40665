"use strict";

/** The levels that names mean. */

const native = require("./native");

const DEBUG = 0;
const INFO = 1;
const WARN = 2;
const ERROR = 3;

/** The levels by the names that were used, so that each is looked up natively once. */
const levels = new Map();

/** How many are kept; a name may be spelled in any case. */
const MAX_LEVELS = 64;

/** The level that a name means, with the name to keep if the level says less than it; null if it is none. */
function knownLevel(name) {
  let level = levels.get(name);
  if (level === undefined) {
    level = native.levelByName(name);
    if (levels.size < MAX_LEVELS) {
      levels.set(name, level);
    }
  }
  return level;
}

module.exports = { DEBUG, ERROR, INFO, WARN, knownLevel };
