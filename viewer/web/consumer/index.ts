/**
 * The consumer: finds the producers of a signaling server and receives their log entries.
 *
 * ```ts
 * const consumer = connect({ url: "ws://localhost:8080/signaling" });
 * consumer.on("entries", (batch) => batch.forEach(({ producer, entry }) => console.log(producer, entry.message)));
 * ```
 *
 * It needs a browser, and no page: nothing here touches the DOM.
 *
 * With a producer that speaks the extension of the protocol (docs/protocol.md), entries have numbers and come in compressed
 * batches. A channel that is lost goes on where it was: no entry is delivered twice, and those that are missing are a `gap`
 * event. `setFilter` has the producer leave out what is not wanted, and `fetch` brings it back. Other producers are received
 * as before, without any of that.
 */

import { Consumer } from "./consumer";
import type { ConnectOptions } from "./types";

export type { Consumer } from "./consumer";
export { type Entry, type Level, levelOf, type Span } from "./entry";
export type { GapReason } from "./extension/account";
export type { FetchRange } from "./extension/fetch";
export type { SourceFilter } from "./extension/filter";
export type { Status, Welcome } from "./extension/frames";
export type { Start } from "./extension/hello";
export type { PlacesBySession } from "./extension/places";
export type { IceServerError, PathFailure } from "./path";
export type { ProofFailure } from "./proof/proof";
export type { Producer, ProducerState } from "./roster";
export type { SignalingState } from "./signaling";
export type { ConnectOptions, ConsumerEvents, Fetched, Gap, IceServer, Received } from "./types";

/** Connects to a signaling server, and goes on until `close`. */
export function connect(options: ConnectOptions): Consumer {
  return new Consumer(options);
}
