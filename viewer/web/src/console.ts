/** What the page offers to its console, and to tests that drive it. */

import type { Consumer, Gap, Producer, Received } from "../consumer";
import type { Entry } from "../consumer/entry";
import type { StoreClient } from "../store/protocol";

/** So many rows are asked for at a time. */
const ROWS = 5_000;

export interface ConsoleApi {
  /**
   * Every entry that is held, in the order of the list: `entry` as it was sent, `producer` the id of its producer, `arrivalMs`
   * when it came, in milliseconds since 1970, `seq` its number in its producer's session.
   */
  entries(): Promise<readonly Received[]>;
  /** Every gap that the view has: `first` to `last` are the numbers that are missing, `reason` is why. */
  gaps(): Promise<readonly Gap[]>;
  /** Every producer that is there or was: its `id`, `state`, `metadata`, and how much it has sent. */
  producers(): readonly Producer[];
  /** The consumer itself: filters at the source, fetches what the page does not have. */
  readonly consumer: Consumer;
}

export function makeConsoleApi(store: StoreClient, consumer: Consumer): ConsoleApi {
  return {
    entries: async () => {
      const all = await store.ask("all", undefined);
      return all.map(({ producer, arrivalMs, seq, json }) => ({
        producer,
        arrivalMs,
        seq,
        entry: JSON.parse(json) as Entry,
      }));
    },
    gaps: async () => {
      const gaps: Gap[] = [];
      for (let position = 0, total = 1; position < total; position += ROWS) {
        const window = await store.ask("window", { anchor: { kind: "position", position }, count: ROWS });
        total = window.total;
        for (const row of window.rows) {
          if (row.kind === "gap") {
            const { producer, first, last, reason } = row;
            gaps.push({ producer, first, last, reason });
          }
        }
      }
      return gaps;
    },
    producers: () => consumer.producers(),
    consumer,
  };
}
