/** Reads a channel that speaks the extension: inflates, splits, looks at every entry, and acknowledges. */

import { latencyMs, nowMs } from "./clock.js";

/** How an entry begins that our producer has encoded; the time is as long in each. */
const TIME_BEGIN = '{"timestamp":"'.length;
const TIME_END = TIME_BEGIN + "2026-11-28T00:09:53.123Z".length;
const LEVEL_KEY = '","level":"';
const TARGET_KEY = '","target":"';

const decoder = new TextDecoder("utf-8", { fatal: true });

const state = {
  count: 0,
  reached: 0,
  lost: 0,
  /** @type {number[]} */
  latencies: [],
  /** What was read of the entries, so that reading it is not left out. @type {Record<string, number>} */
  levels: {},
  /** @type {Record<string, number>} */
  targets: {},
  lastTime: "",
};
let options = { target: 0, latency: false };
/** @type {(string | ArrayBuffer)[]} */
const waiting = [];
let isReading = false;
/** @type {(message: string) => void} */
let send = (message) => postMessage(message);

self.onmessage = ({ data: message }) => {
  if (message.options) {
    options = message.options;
  } else if (message.channel) {
    listen(message.channel);
  } else if (message.state) {
    message.state.postMessage(state);
  } else {
    take(message.data);
  }
};

/** @param {RTCDataChannel} channel */
function listen(channel) {
  channel.binaryType = "arraybuffer";
  channel.onmessage = ({ data }) => take(data);
  send = (message) => channel.send(message);
}

/** @param {string | ArrayBuffer} data */
function take(data) {
  waiting.push(data);
  if (!isReading) {
    isReading = true;
    readAll().finally(() => {
      isReading = false;
    });
  }
}

/** Messages are read in order, and inflating one takes time. */
async function readAll() {
  for (let data = waiting.shift(); data !== undefined; data = waiting.shift()) {
    read(typeof data === "string" ? data : decoder.decode(await inflate(data)));
  }
}

/** @param {ArrayBuffer} data */
async function inflate(data) {
  const stream = new DecompressionStream("deflate-raw");
  const writer = stream.writable.getWriter();
  const written = writer.write(data).then(() => writer.close());
  const bytes = await new Response(stream.readable).arrayBuffer();
  await written;
  return bytes;
}

/** @param {string} text */
function read(text) {
  const end = text.indexOf("\n");
  const header = JSON.parse(end === -1 ? text : text.slice(0, end));
  if (header.type === "batch") {
    readLines(text, end + 1, header.count);
    send(JSON.stringify({ type: "ack", seq: header.last }));
  } else if (header.type === "gap") {
    state.lost += header.last - header.first + 1;
  }
}

/** @param {string} text @param {number} begin @param {number} expected */
function readLines(text, begin, expected) {
  let count = 0;
  while (begin < text.length) {
    const next = text.indexOf("\n", begin);
    const end = next === -1 ? text.length : next;
    look(text, begin, end);
    count += 1;
    begin = end + 1;
  }
  if (count !== expected) {
    throw new Error(`${count} lines, not ${expected}`);
  }
  const before = state.count;
  state.count += count;
  if (before < options.target && state.count >= options.target) {
    state.reached = nowMs();
  }
}

/** @param {string} text @param {number} begin @param {number} end */
function look(text, begin, end) {
  state.lastTime = text.slice(begin + TIME_BEGIN, begin + TIME_END);
  const [level, levelEnd] = valueAt(text, begin + TIME_END, LEVEL_KEY);
  const [target] = valueAt(text, levelEnd, TARGET_KEY);
  state.levels[level] = (state.levels[level] ?? 0) + 1;
  state.targets[target] = (state.targets[target] ?? 0) + 1;
  if (options.latency) {
    state.latencies.push(latencyMs(text.slice(begin, end)));
  }
}

/** The text behind `key`, which stands at `at`, up to the next quote, and where that is. @param {string} text @param {number} at @param {string} key @returns {[string, number]} */
function valueAt(text, at, key) {
  if (!text.startsWith(key, at)) {
    throw new Error(`no ${key} at ${text.slice(at, at + 20)}`);
  }
  const begin = at + key.length;
  const end = text.indexOf('"', begin);
  return [text.slice(begin, end), end];
}
