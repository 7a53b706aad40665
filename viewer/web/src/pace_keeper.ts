/** Measures the producers, once a second. */

import type { EntryRow } from "../store/protocol";
import type { Model, Pace } from "./model";
import { Delays, Rate } from "./paces";

const INTERVAL_MS = 1_000;
/** Round trips are measured every so many times. */
const PING_EVERY = 5;
/** What arrives this soon after its producer came was held for the page. */
const REPLAY_MS = 3_000;
const SAMPLE_ROWS = 64;

export function keepPaces(model: Model): () => void {
  const rates = new Map<string, Rate>();
  const delays = new Delays();
  const since = new Map<string, number>();
  const trips = new Map<string, number>();
  let rounds = 0;
  const measure = () => {
    const paces = new Map<string, Pace>();
    for (const producer of model.consumer.producers()) {
      const { id, state, received, session } = producer;
      const rate = rates.get(id) ?? new Rate();
      rates.set(id, rate);
      rate.sample(received, performance.now());
      if (state !== "connected") {
        since.delete(id);
        trips.delete(id);
      } else if (!since.has(id)) {
        since.set(id, Date.now() + REPLAY_MS);
      }
      if (state === "connected" && session !== undefined && rounds % PING_EVERY === 0) {
        model.consumer
          .ping(id)
          .then((ms) => trips.set(id, ms))
          .catch(() => trips.delete(id));
      }
      paces.set(id, {
        entriesPerSecond: rate.perSecond,
        delayMs: delays.medianOf(id),
        roundTripMs: trips.get(id),
      });
    }
    rounds += 1;
    model.paces.value = paces;
  };
  const sample = async () => {
    if (document.hidden) {
      return;
    }
    const { rows } = await model.store.ask("window", { anchor: { kind: "end" }, count: SAMPLE_ROWS });
    const entries = rows.filter((row): row is EntryRow => row.kind === "entry" && !row.isFetched);
    delays.sample(entries, (id) => since.get(id) ?? Number.POSITIVE_INFINITY);
  };
  const timer = setInterval(() => {
    measure();
    void sample().catch(() => {});
  }, INTERVAL_MS);
  return () => clearInterval(timer);
}
