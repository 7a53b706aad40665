/**
 * Prints how many thousand entries a second each engine inflates, scans and searches: `node store/engine/engine.bench.mjs`.
 * Frames of 256 entries of about 264 bytes, as a producer sends them.
 */

import { deflateRawSync } from "node:zlib";
import { build } from "vite";

/** The engines as one module, as the page has them. */
async function bundle() {
  const entry = "\0engines";
  const source = ["engine.testing", "script"]
    .map((name) => `export * from "/store/engine/${name}.ts";`)
    .join("\n");
  const { output } = await build({
    configFile: false,
    logLevel: "error",
    plugins: [
      {
        name: "engines",
        resolveId: (id) => (id === entry ? id : null),
        load: (id) => (id === entry ? source : null),
      },
    ],
    build: {
      write: false,
      target: "es2022",
      rolldownOptions: { input: entry, preserveEntrySignatures: "strict", output: { format: "es" } },
    },
  });
  return import(`data:text/javascript;base64,${Buffer.from(output[0].code).toString("base64")}`);
}

const { loadTestEngine, makeScriptEngine, makeRandom } = await bundle();

const FRAMES = 200;
const ENTRIES = 256;
const ROUNDS = 12;

const targets = ["shop.db", "shop.web.handler", "shop.cart", "shop.payment.card"];
const levels = ["DEBUG", "INFO", "INFO", "INFO", "WARN", "ERROR"];
const random = makeRandom(1);
const hex = (length) => Array.from({ length }, () => random(16).toString(16)).join("");

let trace = "";
function line(number) {
  trace = number % 8 === 0 ? hex(32) : trace;
  return JSON.stringify({
    timestamp: new Date(1_700_000_000_000 + number * 3).toISOString(),
    level: levels[random(levels.length)],
    target: targets[random(targets.length)],
    message: `request ${number} handled in ${random(977)} ms`,
    fields: { path: `/items/${random(4999)}`, status: 200 + random(5), user: hex(8) },
    span: { id: hex(16), trace_id: trace },
  });
}

const bodies = Array.from({ length: FRAMES }, (_, frame) =>
  Buffer.from(Array.from({ length: ENTRIES }, (_, index) => line(frame * ENTRIES + index)).join("\n")),
).map((body) => new Uint8Array(body));
const frames = bodies.map((body) => new Uint8Array(deflateRawSync(body, { level: 3 })));
const bytes = (list) => list.reduce((sum, { length }) => sum + length, 0) / (FRAMES * ENTRIES);
console.log(`${bytes(bodies).toFixed(0)} bytes an entry, ${bytes(frames).toFixed(0)} compressed`);

/** Thousand entries a second of processor time, of the best of several rounds. */
function measure(work) {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = process.cpuUsage();
    for (let frame = 0; frame < FRAMES; frame += 1) {
      work(frame);
    }
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, user + system);
  }
  return Math.round((FRAMES * ENTRIES * 1_000) / best);
}

const MAX_BYTES = 256 * 1024;
for (const engine of process.env.ONLY
  ? [await loadTestEngine()]
  : [await loadTestEngine(), makeScriptEngine()]) {
  const find = (text, ignoresCase) => (frame) => engine.find(bodies[frame], { text, ignoresCase });
  const rates = {
    inflate: measure((frame) => engine.inflate(frames[frame], MAX_BYTES)),
    scan: measure((frame) => engine.scan(bodies[frame])),
    "inflate and scan": measure((frame) => engine.scan(engine.inflate(frames[frame], MAX_BYTES))),
    "find, no hits": measure(find("no such text", true)),
    "find, 1 in 977": measure(find("in 500 ms", true)),
    "find, with case": measure(find("in 500 ms", false)),
    "find, every line": measure(find("request", true)),
    "find, Cyrillic": measure(find("Запрос", true)),
    "inflate and find": measure((frame) =>
      engine.find(engine.inflate(frames[frame], MAX_BYTES), {
        text: "in 500 ms",
        ignoresCase: true,
      }),
    ),
  };
  for (const [name, rate] of Object.entries(rates)) {
    console.log(`${engine.name.padEnd(7)} ${name.padEnd(17)} ${String(rate).padStart(7)}`);
  }
}
