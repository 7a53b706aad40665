"use strict";

/**
 * What becomes of producers when their process or worker ends. A producer never keeps it alive; what waits for an answer
 * does.
 */

// As they are now: what replaces them later, as tests do, replaces them for the program and not for this.
const { clearInterval, setInterval } = require("node:timers");
const native = require("./native");
const { warnNow } = require("./warnings");

/** Marks the listener that ends producers, of every copy of this package that the process has loaded. */
const END = Symbol.for("logrtc.end");

/** Every producer that is not closed, with what ends it. */
const open = new Map();

const KEEP_ALIVE_MS = 2 ** 31 - 1;
let holders = 0;
let keepAlive;

/** Keeps the process alive until the function that it returns is called. */
function hold() {
  holders += 1;
  keepAlive ??= setInterval(() => {}, KEEP_ALIVE_MS);
  let isHeld = true;
  return () => {
    if (isHeld) {
      isHeld = false;
      holders -= 1;
      if (holders === 0) {
        clearInterval(keepAlive);
        keepAlive = undefined;
      }
    }
  };
}

/**
 * Ends `producer` with the process, where it is not closed before. `drain` begins to deliver what is not delivered, and
 * keeps the process alive for that; `timeLeft` says in milliseconds what of its time for the end is left, undefined for
 * all of it.
 */
function opened(producer, ending) {
  if (open.size === 0) {
    process.on("beforeExit", drain);
    process.on("exit", end);
    process.on("newListener", stayLast);
  }
  open.set(producer, ending);
}

function closed(producer) {
  if (open.delete(producer) && open.size === 0) {
    process.off("newListener", stayLast);
    process.off("beforeExit", drain);
    process.off("exit", end);
  }
}

/** Nothing is left to do. What there is to deliver is something. */
function drain() {
  for (const { drain } of open.values()) {
    drain();
  }
}

/** The last moment: nothing asynchronous happens any more. After an uncaught exception, too. */
function end() {
  const endings = [...open.values()];
  native.closeAll(
    endings.map(({ producer }) => producer),
    endings.map(({ timeLeft }) => timeLeft() ?? null),
  );
  for (const { producer } of endings) {
    for (const message of producer.takeWarnings()) {
      warnNow(message);
    }
  }
}

end[END] = true;

/** What other listeners log at the exit is logged before the end. Another copy's end logs nothing, and stays where it is. */
function stayLast(event, listener) {
  if (event === "exit" && listener[END] !== true) {
    queueMicrotask(() => {
      if (open.size > 0) {
        process.off("exit", end);
        process.on("exit", end);
      }
    });
  }
}

module.exports = { closed, hold, opened };
