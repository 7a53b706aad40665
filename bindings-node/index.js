"use strict";

const { LogrtcError } = require("./lib/errors");
const { Producer } = require("./lib/producer");
const { serve } = require("./viewer");

/** Starts a producer, and returns at once. */
function connect(options = {}) {
  return new Producer(options);
}

module.exports = { LogrtcError, Producer, connect, serve };
