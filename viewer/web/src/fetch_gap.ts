/** Asks a program for entries that are missing here. */

import type { GapRow } from "../store/protocol";
import type { Model } from "./model";

/** The store takes what comes, and puts it in its place. */
export async function bringBack(model: Model, { producer, first, last }: GapRow): Promise<void> {
  try {
    for await (const _part of model.consumer.fetch(producer, { first, last })) {
      // The reader of the consumer has given it to the store.
    }
  } catch (error) {
    model.trouble.value = error instanceof Error ? error.message : String(error);
  }
}
