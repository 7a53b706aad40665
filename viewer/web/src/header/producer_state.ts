/** How a producer is called, and what is said of it. No DOM. */

import type { Producer, ProducerState } from "../../consumer";
import type { Pace } from "../model";

/** `quiet`: connected, and nothing comes. */
export type ShownState = ProducerState | "quiet";

export function stateOf({ state }: Producer, pace: Pace | undefined): ShownState {
  return state === "connected" && pace !== undefined && pace.entriesPerSecond === 0 ? "quiet" : state;
}

/** By name, and by id where names are the same: numbers in them count as numbers. */
export function byName(producers: readonly Producer[]): readonly Producer[] {
  return producers.toSorted(
    (one, other) => NAMES.compare(one.systemName, other.systemName) || NAMES.compare(one.id, other.id),
  );
}

const NAMES = new Intl.Collator(undefined, { numeric: true });

/** Its name, and a remark that tells it from others of that name: `#2`, or its id. */
export function labelOf(producer: Producer, all: readonly Producer[]): { name: string; remark: string } {
  const { id, clientId, systemName } = producer;
  if (systemName === id) {
    return { name: systemName, remark: "" };
  }
  const number = id.startsWith(clientId) ? id.slice(clientId.length) : id;
  const isUnique = all.every(
    (other) => other.id === id || other.systemName !== systemName || other.clientId === clientId,
  );
  return { name: systemName, remark: isUnique ? number : id };
}
