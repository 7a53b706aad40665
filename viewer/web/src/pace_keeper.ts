/** Measures the producers, once a second. */

import type { Model, Pace } from "./model";
import { Rate } from "./paces";

const INTERVAL_MS = 1_000;
/** Round trips are measured every so many times. */
const PING_EVERY = 5;

export function keepPaces(model: Model): () => void {
  const rates = new Map<string, Rate>();
  const trips = new Map<string, number>();
  let rounds = 0;
  const measureTrips = () => {
    for (const { id, state, session } of model.consumer.producers()) {
      if (state !== "connected") {
        trips.delete(id);
      } else if (session !== undefined && rounds % PING_EVERY === 0) {
        model.consumer
          .ping(id)
          .then((ms) => trips.set(id, ms))
          .catch(() => trips.delete(id));
      }
    }
    rounds += 1;
  };
  const measure = async () => {
    const known = new Map(await model.store.ask("paces", Date.now()));
    const paces = new Map<string, Pace>();
    for (const { id } of model.consumer.producers()) {
      const rate = rates.get(id) ?? new Rate();
      rates.set(id, rate);
      const { live = 0, delayMs } = known.get(id) ?? {};
      rate.sample(live, performance.now());
      paces.set(id, { entriesPerSecond: rate.perSecond, delayMs, roundTripMs: trips.get(id) });
    }
    model.paces.value = paces;
  };
  const timer = setInterval(() => {
    measureTrips();
    // The worker's failure is said elsewhere.
    void measure().catch(() => {});
  }, INTERVAL_MS);
  return () => clearInterval(timer);
}
