/** What users of the library give to it and get from it. */

import type { Entry } from "./entry";
import type { GapReason } from "./extension/account";
import type { SourceFilter } from "./extension/filter";
import type { Welcome } from "./extension/frames";
import type { Start } from "./extension/hello";
import type { PlacesBySession } from "./extension/places";
import type { MakeReader } from "./extension/reader";
import type { Producer } from "./roster";
import type { SignalingState } from "./signaling";

/** A STUN or TURN server, as browsers take it. */
export interface IceServer {
  /** `stun:`, `turn:` or `turns:`. */
  readonly urls: string | string[];
  readonly username?: string;
  readonly credential?: string;
}

export interface ConnectOptions {
  /** Of the signaling server, as `ws://localhost:8080/signaling`. */
  readonly url: string;
  /** The only producer that is wanted, by its id or its `client_id`. All of them, by default. */
  readonly producer?: string;
  /** For a server that wants one. `setToken` changes it. */
  readonly token?: string;
  /**
   * A secret that producers share with this consumer and not with the signaling server: both sides prove to each other that no
   * server stands between them, and nothing is read from a producer that does not. `Producer.proofFailure` says why. It is what
   * the producer's own option `secret` takes; `connect` throws a `RangeError` if it is too short.
   */
  readonly secret?: string;
  /**
   * STUN and TURN servers for paths through a NAT, used beside those of the signaling server. By default those of the signaling
   * server, or the protocol's default if it names none. An empty array means none at all.
   */
  readonly iceServers?: IceServer[];
  /** Where to begin with a producer; its own setting, `replay`, decides by default and is the limit. */
  readonly start?: Start;
  /** What producers are to send; everything by default. `setFilter` changes it. */
  readonly filter?: SourceFilter;
  /** What `places` of an earlier consumer returned, whose entries are kept: this one goes on behind them. */
  readonly places?: PlacesBySession;
  /**
   * Makes what reads the channels, in place of this library: it keeps the entries, `entries` and `fetch` bring none, and all
   * else is as ever.
   *
   * @internal
   */
  readonly readers?: MakeReader;
}

/** An entry with where and when it came from. */
export interface Received {
  /** The id of its producer. */
  readonly producer: string;
  /** When it arrived here, in milliseconds since 1970. */
  readonly arrivalMs: number;
  /** Its number in its producer's session, from 0 on; undefined for a producer that does not speak the extension. */
  readonly seq: number | undefined;
  /** As it was sent. */
  readonly entry: Entry;
}

/** Entries of a producer that did not come, and will not: those with the numbers from `first` to `last`, both included. */
export interface Gap {
  /** The id of the producer. */
  readonly producer: string;
  readonly first: number;
  readonly last: number;
  readonly reason: GapReason;
}

/** A part of what was fetched. */
export interface Fetched {
  readonly entries: readonly Received[];
  /** How many numbers of this part the producer no longer holds. */
  readonly missing: number;
}

export interface ConsumerEvents {
  /** Entries of one or several producers, in arrival order; those of one producer in the order it sent them. */
  entries: readonly Received[];
  /** Entries are missing: behind those that were delivered before, and in front of those that come next. */
  gap: Gap;
  /** A channel speaks the extension: `from` is the number of its first entry. */
  welcome: Welcome & { readonly producer: string };
  /** Something has changed about a producer but its counts. */
  producers: readonly Producer[];
  signaling: SignalingState;
  /** What the server had to object to, in its words. */
  error: string;
}
