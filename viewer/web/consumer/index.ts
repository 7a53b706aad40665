/**
 * The consumer: finds the producers of a signaling server and receives their log entries.
 *
 * ```ts
 * const consumer = connect({ url: "ws://localhost:8080/signaling" });
 * consumer.on("entries", (batch) => batch.forEach(({ producer, entry }) => console.log(producer, entry.message)));
 * ```
 *
 * It needs a browser, and no page: nothing here touches the DOM.
 */

import { decodeMessage, type Entry } from "./entry";
import { Events } from "./events";
import { Peer } from "./peer";
import { type Producer, Roster } from "./roster";
import { type Message, Signaling, type SignalingState } from "./signaling";

export { type Entry, type Level, levelOf, type Span } from "./entry";
export type { Producer, ProducerState } from "./roster";
export type { SignalingState } from "./signaling";

export interface ConnectOptions {
  /** Of the signaling server, as `ws://localhost:8080/signaling`. */
  readonly url: string;
  /** The only producer that is wanted, by its id or its `client_id`. All of them, by default. */
  readonly producer?: string;
  /** For paths through a NAT; the protocol's default where left out, and none where empty. */
  readonly iceServers?: RTCIceServer[];
}

/** An entry with where and when it came from. */
export interface Received {
  /** The id of its producer. */
  readonly producer: string;
  /** When it arrived here, in milliseconds since 1970. */
  readonly arrivalMs: number;
  /** As it was sent. */
  readonly entry: Entry;
}

export interface ConsumerEvents {
  /** Entries of one or several producers, in arrival order; those of one producer in the order it sent them. */
  entries: readonly Received[];
  /** Something has changed about a producer but its counts. */
  producers: readonly Producer[];
  signaling: SignalingState;
  /** What the server had to object to, in its words. */
  error: string;
}

const DEFAULT_ICE_SERVERS: RTCIceServer[] = [{ urls: "stun:stun.l.google.com:19302" }];
/** Entries that wait for the next batch; more make it come at once. */
const MAX_BATCH = 4_096;
/** How long an entry may wait for company. */
const BATCH_DELAY_MS = 10;
/** How often it is checked which producer is to be asked for again. */
const ASK_INTERVAL_MS = 500;

/** Connects to a signaling server, and goes on until `close`. */
export function connect(options: ConnectOptions): Consumer {
  return new Consumer(options);
}

export class Consumer {
  /** The id under which producers know this consumer; it stays the same for as long as this object lives. */
  readonly clientId = randomId();
  readonly #options: ConnectOptions;
  readonly #events = new Events<ConsumerEvents>();
  readonly #roster = new Roster();
  readonly #peers = new Map<string, Peer>();
  readonly #signaling: Signaling;
  readonly #askTimer: ReturnType<typeof setInterval>;
  #signalingState: SignalingState = "connecting";
  #batch: Received[] = [];
  #batchTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ConnectOptions) {
    this.#options = options;
    this.#signaling = new Signaling(options.url, {
      register: () => this.#register(),
      onMessage: (message) => this.#receive(message),
      onState: (state) => this.#follow(state),
    });
    this.#signaling.open();
    this.#askTimer = setInterval(() => this.#ask(), ASK_INTERVAL_MS);
  }

  /** Calls `listener` at every `event` until the returned function is called. */
  on<Name extends keyof ConsumerEvents>(
    event: Name,
    listener: (value: ConsumerEvents[Name]) => void,
  ): () => void {
    return this.#events.on(event, listener);
  }

  /** Every producer that is there, and those that were, in the order in which they came. */
  producers(): readonly Producer[] {
    return this.#roster.producers();
  }

  get signalingState(): SignalingState {
    return this.#signalingState;
  }

  /** Ends every connection; entries that have arrived are still delivered. */
  close(): void {
    clearInterval(this.#askTimer);
    this.#signaling.close();
    for (const peer of this.#peers.values()) {
      peer.close();
    }
    this.#peers.clear();
    this.#flush();
  }

  #register(): Message {
    const { producer } = this.#options;
    return {
      type: "register",
      role: "consumer",
      client_id: this.clientId,
      ...(producer === undefined ? {} : { producer }),
      connected: this.#roster.connected(),
    };
  }

  #follow(state: SignalingState): void {
    this.#signalingState = state;
    if (state === "lost") {
      this.#roster.withdrawAll();
      this.#producersChanged();
    }
    this.#events.emit("signaling", state);
  }

  #receive(message: Message): void {
    switch (message.type) {
      case "producer_connected":
        if (this.#roster.announce(message, Date.now())) {
          this.#drop(String(message.producer_id));
        }
        this.#peers.get(String(message.producer_id))?.expectReturn(true);
        this.#producersChanged();
        break;
      case "producer_disconnected":
        this.#roster.withdraw(String(message.producer_id), message.reason);
        this.#peers.get(String(message.producer_id))?.expectReturn(false);
        this.#producersChanged();
        break;
      case "webrtc_offer":
        this.#accept(senderOf(message), message);
        break;
      case "ice_candidate":
        this.#peers.get(senderOf(message))?.addCandidate(message);
        break;
      case "error":
        this.#events.emit("error", String(message.message));
        break;
    }
  }

  /** Answers an offer. One from a producer that is connected already replaces what was there. */
  #accept(id: string, offer: Message): void {
    this.#drop(id);
    this.#roster.offered(id);
    const peer: Peer = new Peer(offer, this.#options.iceServers ?? DEFAULT_ICE_SERVERS, {
      send: (message) => this.#signaling.send({ ...message, to: id }),
      onOpen: () => {
        this.#roster.opened(id, Date.now());
        this.#producersChanged();
      },
      onMessage: (data) => this.#take(id, data),
      onClose: (how) => {
        this.#peers.delete(id);
        this.#roster.closed(id, Date.now(), how);
        this.#ask();
        this.#producersChanged();
      },
    });
    this.#peers.set(id, peer);
    this.#producersChanged();
  }

  #drop(id: string): void {
    this.#peers.get(id)?.close();
    this.#peers.delete(id);
  }

  #ask(): void {
    if (this.#signalingState === "connected") {
      for (const producer of this.#roster.takeDue(Date.now())) {
        this.#signaling.send({ type: "connect", producer });
      }
    }
  }

  #take(id: string, data: unknown): void {
    const { entries, malformed } = decodeMessage(data);
    this.#roster.count(id, entries.length, malformed);
    const arrivalMs = Date.now();
    for (const entry of entries) {
      this.#batch.push({ producer: id, arrivalMs, entry });
    }
    if (this.#batch.length >= MAX_BATCH) {
      this.#flush();
    } else {
      this.#batchTimer ??= setTimeout(() => this.#flush(), BATCH_DELAY_MS);
    }
  }

  #flush(): void {
    clearTimeout(this.#batchTimer);
    this.#batchTimer = undefined;
    const batch = this.#batch;
    this.#batch = [];
    if (batch.length > 0) {
      this.#events.emit("entries", batch);
    }
  }

  #producersChanged(): void {
    this.#events.emit("producers", this.#roster.producers());
  }
}

/** Part 1 of the protocol names no sender; servers that do say `from`. */
function senderOf(message: Message): string {
  const sender = message.from ?? message.producer_id ?? message.client_id;
  return typeof sender === "string" ? sender : "producer";
}

/** `crypto.randomUUID` exists on secure pages only, and a log page in a LAN is none. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return `browser_${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
