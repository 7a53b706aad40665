/** Finds the producers of a signaling server, keeps a link to each, and hands out what they send. */

import { Batch } from "./batch";
import type { Entry } from "./entry";
import { Events } from "./events";
import type { Taken } from "./extension/account";
import { checkRange, type FetchRange } from "./extension/fetch";
import { checkFilter, type SourceFilter } from "./extension/filter";
import { Places, type PlacesBySession } from "./extension/places";
import type { ReaderHandlers } from "./extension/reader";
import { chooseIceServers, readIceServers } from "./ice_servers";
import { Link } from "./link";
import { Secret } from "./proof/secret";
import { type Producer, Roster } from "./roster";
import { type Message, Signaling, type SignalingState } from "./signaling";
import type { ConnectOptions, ConsumerEvents, Fetched, IceServer, Received } from "./types";

/** How often it is checked which producer is to be asked for again. */
const ASK_INTERVAL_MS = 500;

/** A browser makes some 500 connections for a page, and throws at the next one. */
const MAX_LINKS = 256;

export class Consumer {
  /** The id that this consumer registers with; it stays the same for as long as this object lives. */
  readonly clientId = randomId();
  readonly #options: ConnectOptions;
  readonly #events = new Events<ConsumerEvents>();
  readonly #roster = new Roster();
  readonly #links = new Map<string, Link>();
  readonly #places: Places;
  readonly #batch: Batch<Received>;
  readonly #signaling: Signaling;
  readonly #askTimer: ReturnType<typeof setInterval>;
  #signalingState: SignalingState = "connecting";
  #token: string | undefined;
  readonly #secret: Secret | undefined;
  /** Those that the signaling server names, if it names any. */
  #namedIceServers: IceServer[] | undefined;
  #filter: SourceFilter;
  readonly #filters = new Map<string, SourceFilter>();

  constructor(options: ConnectOptions) {
    this.#options = options;
    this.#token = options.token;
    this.#secret = options.secret === undefined ? undefined : new Secret(options.secret);
    this.#filter = options.filter ?? {};
    checkFilter(this.#filter);
    this.#places = new Places(options.places);
    this.#batch = new Batch((batch) => this.#events.emit("entries", batch));
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

  /** Connects to the server again, with this token. Channels that are open stay. */
  setToken(token: string): void {
    this.#token = token;
    this.#signaling.reopen();
  }

  /** Whether producers have to prove that they have a secret. */
  get hasSecret(): boolean {
    return this.#secret !== undefined;
  }

  /**
   * Has producers send only what passes `filter`: one of them, or all of them, those to come too. What they leave out costs
   * no network, and `fetch` can bring it back. Resolves when it is in force wherever there is a channel; a producer that does
   * not speak the extension goes on sending everything. Rejects with a `RangeError` if the filter is wrong.
   */
  async setFilter(filter: SourceFilter, producer?: string): Promise<void> {
    checkFilter(filter);
    if (producer === undefined) {
      this.#filter = filter;
      this.#filters.clear();
    } else {
      this.#filters.set(producer, filter);
    }
    const links = producer === undefined ? [...this.#links.values()] : [this.#links.get(producer)];
    await Promise.all(links.map((link) => link?.applyFilter()));
  }

  /**
   * Brings back entries that a producer still holds, whether they came before or not, in parts of at most 1 MiB. The next part
   * is asked for when the caller wants it. They are not part of the `entries` event. Rejects if the producer does not speak the
   * extension, has no channel, loses it, or refuses, and with a `RangeError` if the range or its filter is wrong.
   */
  async *fetch(producer: string, range: FetchRange): AsyncGenerator<Fetched, void> {
    checkFilter(range);
    checkRange(range);
    for await (const { entries, missing } of this.#speaking(producer).fetch(range)) {
      yield { entries: receive(producer, entries), missing };
    }
  }

  /**
   * How long a message takes to the program of a producer and back, in milliseconds. Rejects as `fetch` does. A producer ignores
   * what exceeds 64 messages a second; a ping that is ignored rejects when the channel ends.
   */
  async ping(producer: string): Promise<number> {
    return await this.#speaking(producer).ping();
  }

  /** How far each session has been delivered: what the option `places` takes. */
  places(): PlacesBySession {
    this.#batch.flush();
    return this.#places.bySession();
  }

  /** Ends every connection; entries that have arrived are still delivered. */
  close(): void {
    clearInterval(this.#askTimer);
    this.#signaling.close();
    for (const link of this.#links.values()) {
      link.close();
    }
    this.#links.clear();
    this.#batch.flush();
  }

  #register(): Message {
    const { producer } = this.#options;
    return {
      type: "register",
      role: "consumer",
      client_id: this.clientId,
      ...(producer === undefined ? {} : { producer }),
      ...(this.#token === undefined ? {} : { token: this.#token }),
      connected: this.#roster.connected(),
    };
  }

  #follow(state: SignalingState): void {
    this.#signalingState = state;
    if (state === "lost" || state === "unauthorized") {
      this.#roster.withdrawAll();
      this.#producersChanged();
    }
    this.#events.emit("signaling", state);
  }

  #receive(message: Message): void {
    switch (message.type) {
      case "registered":
      case "ice_servers":
        this.#namedIceServers = readIceServers(message.ice_servers);
        break;
      case "producer_connected":
        if (this.#roster.announce(message, Date.now())) {
          this.#drop(String(message.producer_id));
        }
        this.#links.get(String(message.producer_id))?.expectReturn(true);
        this.#producersChanged();
        break;
      case "producer_disconnected":
        this.#roster.withdraw(String(message.producer_id), message.reason);
        this.#links.get(String(message.producer_id))?.expectReturn(false);
        this.#producersChanged();
        break;
      case "webrtc_offer":
        this.#accept(senderOf(message), message);
        break;
      case "ice_candidate":
        this.#links.get(senderOf(message))?.addCandidate(message);
        break;
      case "error":
        this.#events.emit("error", String(message.message));
        break;
    }
  }

  /**
   * Answers an offer. One from a producer that is connected already replaces what was there. One beyond the limit is ignored,
   * and its producer, if it is announced, is asked again until there is a place.
   */
  #accept(id: string, offer: Message): void {
    if (!this.#links.has(id) && this.#links.size >= MAX_LINKS) {
      return;
    }
    this.#drop(id);
    this.#roster.offered(id);
    const { start, readers } = this.#options;
    const options = {
      offer,
      secret: this.#secret,
      iceServers: chooseIceServers(this.#options.iceServers, this.#namedIceServers),
      places: this.#places,
      start,
      filter: () => this.#filters.get(id) ?? this.#filter,
      formerIsRead: this.#links.get(id)?.isRead(),
      makeReader: readers === undefined ? undefined : (handlers: ReaderHandlers) => readers(handlers, id),
    };
    const link: Link = new Link(options, {
      send: (message) => this.#signaling.send({ ...message, to: id }),
      onOpen: () => {
        this.#roster.opened(id, Date.now());
        this.#producersChanged();
      },
      onLook: (failure) => {
        this.#roster.looked(id, failure);
        this.#producersChanged();
      },
      onPlain: ({ entries, malformed }) => this.#take(id, entries.map(unnumbered), malformed),
      onWelcome: (welcome) => {
        this.#roster.welcomed(id, welcome.session);
        this.#batch.flush();
        this.#events.emit("welcome", { ...welcome, producer: id });
        this.#producersChanged();
      },
      onTaken: (taken) => this.#takeNumbered(id, taken),
      onKept: (received) => this.#roster.count(id, { received }),
      onStatus: (status) => this.#roster.told(id, status),
      onMalformed: () => this.#roster.count(id, { malformed: 1 }),
      onError: (message) => this.#events.emit("error", message),
      deliver: () => this.#batch.flush(),
      onClose: (how, failure) => {
        this.#links.delete(id);
        this.#roster.closed(id, Date.now(), how, failure);
        this.#ask();
        this.#producersChanged();
      },
    });
    this.#links.set(id, link);
    this.#producersChanged();
  }

  /** Closes the link; the one that takes its place goes on where it ends. */
  #drop(id: string): void {
    this.#links.get(id)?.close();
  }

  #speaking(producer: string): Link {
    const link = this.#links.get(producer);
    if (link?.session === undefined) {
      throw new Error(`producer: "${producer}" has no channel that speaks the extension`);
    }
    return link;
  }

  #ask(): void {
    if (this.#signalingState === "connected") {
      for (const producer of this.#roster.takeDue(Date.now())) {
        this.#signaling.send({ type: "connect", producer });
      }
    }
  }

  #takeNumbered(id: string, { missing, entries, malformed, filtered }: Taken): void {
    for (const gap of missing) {
      this.#roster.count(id, { lost: gap.last - gap.first + 1 });
      // Behind the entries that came before it.
      this.#batch.flush();
      this.#events.emit("gap", { ...gap, producer: id });
    }
    this.#roster.count(id, { filtered });
    this.#take(id, entries, malformed);
  }

  #take(id: string, entries: readonly Arrived[], malformed: number): void {
    this.#roster.count(id, { received: entries.length, malformed });
    for (const received of receive(id, entries)) {
      this.#batch.push(received);
    }
  }

  #producersChanged(): void {
    this.#events.emit("producers", this.#roster.producers());
  }
}

/** An entry, and its number if it has one. */
type Arrived = Pick<Received, "seq" | "entry">;

function unnumbered(entry: Entry): Arrived {
  return { seq: undefined, entry };
}

/** Puts to entries where and when they came from. */
function receive(producer: string, entries: readonly Arrived[]): Received[] {
  const arrivalMs = Date.now();
  return entries.map(({ seq, entry }) => ({ producer, arrivalMs, seq, entry }));
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
