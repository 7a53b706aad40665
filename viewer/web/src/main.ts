/** The log page: receives, holds, shows. */

import "./style.css";
import { type Consumer, connect, type Gap, type Producer, type Received } from "../consumer";
import { byId } from "./element";
import { makeGapRow } from "./gap";
import { List } from "./list";
import { Palette } from "./palette";
import { keepPlace, loadPlace } from "./place";
import { Rate } from "./rate";
import { makeRow } from "./row";
import { Status } from "./status";
import { type Item, isGap, Store } from "./store";

/** How often the counts are written anew. */
const COUNTS_INTERVAL_MS = 500;

declare global {
  /** For the console, and for tests that drive the page. */
  var logrtc: {
    /**
     * Every entry that is held, in arrival order: `entry` exactly as it was sent, `producer` the id of its producer,
     * `arrivalMs` when it came, in milliseconds since 1970, `seq` its number in its producer's session.
     */
    entries(): readonly Received[];
    /** Every gap that is held: `first` to `last` are the numbers that are missing, `reason` is why. */
    gaps(): readonly Gap[];
    /** Every producer that is there or was: its `id`, `state`, `metadata`, and how much it has sent. */
    producers(): readonly Producer[];
    /** The consumer itself: filters at the source, fetches what the page does not have. */
    consumer: Consumer;
  };
}

const url = signalingUrl();
const store = new Store();
const palette = new Palette();
const rate = new Rate();
const place = loadPlace();
const consumer = connect(withProducer({ url }));
const names = new Map<string, string>();
const status = new Status(
  { signaling: byId("signaling"), producers: byId("producers"), counts: byId("counts") },
  palette,
);
const list = new List(
  store,
  { scroller: byId("scroller"), rows: byId("rows"), resume: byId("resume") },
  (number, isOpen, onToggle) => {
    const item = store.get(number);
    if (item === undefined) {
      throw new Error(`row ${number} is in sight and not held`);
    }
    const { producer } = item;
    const options = {
      producerName: names.get(producer) ?? producer,
      colourClass: palette.classOf(producer),
    };
    return isGap(item) ? makeGapRow(item, options) : makeRow(item, { ...options, isOpen, onToggle });
  },
);
const update = oncePerFrame(() => {
  byId("empty").hidden = store.length > 0;
  list.update();
});
let lastError = "";

consumer.on("entries", show);
consumer.on("gap", (gap) => show([gap]));
consumer.on("welcome", ({ producer, session, from }) => {
  const gap = place.begin(producer, session, from);
  if (gap !== undefined) show([gap]);
});
consumer.on("producers", (producers) => {
  for (const { id, systemName } of producers) {
    palette.classOf(id);
    names.set(id, systemName);
  }
  status.showProducers(producers);
});
consumer.on("error", (error) => {
  lastError = error;
});
consumer.on("signaling", (state) => status.showSignaling(state, lastError));
// Firefox loses what is kept at `pagehide` if the next page is in another process.
for (const event of ["beforeunload", "pagehide"]) {
  addEventListener(event, () => keepPlace(place, consumer.places()));
}
addEventListener("pagehide", ({ persisted }) => {
  // Producers learn at once that the page is gone; a page that is only put aside keeps its connections.
  if (!persisted) consumer.close();
});
setInterval(showCounts, COUNTS_INTERVAL_MS);

byId("address").textContent = url;
byId("snippet").textContent = [
  "import logrtc, time",
  `producer = logrtc.connect("${url}", client_id="hello")`,
  'while True: producer.info("hello", "it works"); time.sleep(1)',
].join("\n");
status.showSignaling(consumer.signalingState, "");
showCounts();
update();
globalThis.logrtc = {
  entries: () => store.toArray().filter((item): item is Received => !isGap(item)),
  gaps: () => store.toArray().filter(isGap),
  producers: () => consumer.producers(),
  consumer,
};

function show(items: readonly Item[]): void {
  store.push(items);
  update();
}

function showCounts(): void {
  rate.sample(store.received, performance.now());
  const malformed = consumer.producers().reduce((sum, producer) => sum + producer.malformed, 0);
  status.showCounts(store, rate, malformed);
}

/** Beside the page, by the same host. */
function signalingUrl(): string {
  const address = new URL("signaling", location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  address.search = address.hash = "";
  return address.href;
}

/** `?producer=api` asks for that one only. */
function withProducer(options: { url: string }): Parameters<typeof connect>[0] {
  const producer = new URLSearchParams(location.search).get("producer");
  return producer === null || producer === "" ? options : { ...options, producer };
}

/** Calls `work` in the next frame, however often it is asked to. */
function oncePerFrame(work: () => void): () => void {
  let isWaiting = false;
  return () => {
    if (!isWaiting) {
      isWaiting = true;
      requestAnimationFrame(() => {
        isWaiting = false;
        work();
      });
    }
  };
}
