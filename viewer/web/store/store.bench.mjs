/**
 * Prints how quickly the worker's store takes frames in, what an entry costs it, and how long it takes to answer:
 * `node --expose-gc store/store.bench.mjs [ENTRIES]`. Frames of 256 entries of about 264 bytes, as a producer sends them.
 */

import { deflateRawSync } from "node:zlib";
import { build } from "vite";

const ENTRY = "\0bench";

async function bundle() {
  const { output } = await build({
    configFile: false,
    logLevel: "error",
    plugins: [
      {
        name: "bench",
        resolveId: (id) => (id === ENTRY ? id : null),
        load: (id) =>
          id === ENTRY
            ? ["engine/engine.testing", "store", "channel", "rows", "histogram", "groups"]
                .map((name) => `export * from "/store/${name}.ts";`)
                .join("\n")
            : null,
      },
    ],
    build: {
      write: false,
      target: "es2022",
      rolldownOptions: { input: ENTRY, preserveEntrySignatures: "strict", output: { format: "es" } },
    },
  });
  return import(`data:text/javascript;base64,${Buffer.from(output[0].code).toString("base64")}`);
}

const { loadTestEngine, Store, Channel, windowOf, histogramOf, facetsOf, makeRandom } = await bundle();

const total = Number(process.argv[2] ?? 1_000_000);
const FRAME = 256;
const random = makeRandom(1);
const hex = (length) => Array.from({ length }, () => random(16).toString(16)).join("");
const levels = ["DEBUG", "INFO", "INFO", "INFO", "WARN", "ERROR"];
const targets = ["shop.db", "shop.web.handler", "shop.cart", "shop.payment.card"];

function line(number) {
  return JSON.stringify({
    timestamp: new Date(1_700_000_000_000 + number).toISOString(),
    level: levels[random(levels.length)],
    target: targets[random(targets.length)],
    message: `request ${number} handled in ${random(977)} ms`,
    fields: {
      path: `/items/${random(4999)}`,
      status: 200 + random(5),
      user: hex(8),
      duration_ms: random(500),
    },
    span: { trace_id: "4bf92f3577b34da6a3ce929d0e0e4736" },
  });
}

/** Frames are made anew only in their numbers: their lines repeat after some. */
const bodies = Array.from({ length: 200 }, (_, frame) =>
  Array.from({ length: FRAME }, (_, index) => line(frame * FRAME + index)).join("\n"),
);
const lineBytes = bodies.reduce((sum, body) => sum + body.length, 0) / (bodies.length * FRAME);
/** Deflated with their headers: as many as are needed, before the clock runs. */
function frame(number) {
  const first = number * FRAME;
  const header = JSON.stringify({ type: "batch", first, last: first + FRAME - 1, count: FRAME });
  const packed = deflateRawSync(`${header}\n${bodies[number % bodies.length]}`, { level: 1 });
  return packed.buffer.slice(packed.byteOffset, packed.byteOffset + packed.length);
}

const store = new Store(await loadTestEngine(), 2 ** 40);
const channel = new Channel({ producer: "p", store, report: () => {} });
const welcome = { type: "welcome", version: 1, session: "s", oldest: 0, from: 0, next: 0, resumed: false };
channel.expectWelcome({ session: "s", next: undefined }, undefined);
channel.take(JSON.stringify(welcome), Date.now(), true);

globalThis.gc?.();
const before = process.memoryUsage();
let [packedBytes, takenMs] = [0, 0];
for (let number = 0; number < total / FRAME; ) {
  const frames = [];
  for (; frames.length < 500 && number < total / FRAME; number += 1) {
    frames.push(frame(number));
  }
  const since = performance.now();
  for (const data of frames) {
    packedBytes += data.byteLength;
    channel.take(data, Date.now(), true);
  }
  takenMs += performance.now() - since;
}
globalThis.gc?.();
const after = process.memoryUsage();
const counts = store.counts();
const used = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
console.log(
  `${counts.held} entries of ${lineBytes.toFixed(0)} B, compressed ${(packedBytes / counts.held).toFixed(1)} B`,
);
console.log(`taken: ${Math.round(counts.held / takenMs)} thousand a second`);
console.log(
  `an entry: ${(used / counts.held).toFixed(1)} B used, ${(counts.bytes / counts.held).toFixed(1)} B counted, ` +
    `${((after.rss - before.rss) / counts.held).toFixed(1)} B of the process`,
);

function time(name, work) {
  const since = performance.now();
  work();
  console.log(`${name}: ${(performance.now() - since).toFixed(2)} ms`);
}

const view = { query: "", muted: [], range: undefined, columns: [] };
const search = (query) => {
  store.showing.set({ ...view, query });
  let slices = 0;
  for (; store.view.isBusy; slices += 1) store.view.step();
  return slices;
};
time("first window at the end", () => windowOf(store, { kind: "end" }, 60));
time("100 windows at random positions", () => {
  for (let count = 0; count < 100; count += 1) {
    windowOf(store, { kind: "position", position: random(store.order.total("shown")) }, 60);
  }
});
time("window at a time", () =>
  windowOf(store, { kind: "time", ms: 1_700_000_040_000, untilMs: Infinity }, 60),
);
time("counts", () => store.counts());
time("histogram", () => histogramOf(store, 200, undefined));
time("facets", () => facetsOf(store));
time("level:warn+", () => search("level:warn+"));
time("histogram of that", () => histogramOf(store, 200, undefined));
time("100 windows of that", () => {
  for (let count = 0; count < 100; count += 1) {
    windowOf(store, { kind: "position", position: random(store.order.total("shown")) }, 60);
  }
});
time("items/4711", () => search("items/4711"));
time("/items.4711/", () => search("/items.4711/"));
time("status>203", () => search("status>203"));
time("everything again", () => search(""));
