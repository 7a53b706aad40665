/** Which producers there are, what becomes of each, and when to ask for one again. No I/O; the time is an argument. */

import { isObject } from "./entry";
import type { Status } from "./extension/frames";
import type { PathFailure } from "./path";
import type { ProofFailure } from "./proof/proof";
import type { Message } from "./signaling";

/** What a user may see of a producer. `ended`: it closed. `lost`: it is gone without a word, or out of reach. */
export type ProducerState = "connecting" | "connected" | "ended" | "lost";

/** How a channel came to its end. */
export type ChannelEnd =
  /** The producer closed it, as it does when it ends. */
  | "closed"
  /** The connection was ended from the other side, in whatever way, or never opened. */
  | "broken"
  /** There was no path any more: the other side is gone without a word, or out of reach. */
  | "pathLost";

/** A producer, as of now. */
export interface Producer {
  /** Unique: `client_id`, or `client_id#2` for a second process. */
  readonly id: string;
  readonly clientId: string;
  /** The name it gives itself, else its id. */
  readonly systemName: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly state: ProducerState;
  /**
   * The mark of its process, in which its entries are numbered. Undefined as long as it has not said that it speaks the
   * extension of the protocol, without which there are no numbers, gaps, filters or fetches.
   */
  readonly session: string | undefined;
  /** Entries received, in all. */
  readonly received: number;
  /** Messages and lines that were no entry. */
  readonly malformed: number;
  /** Entries that did not come and will not, of which `gap` has told. */
  readonly lost: number;
  /** Entries that the filter left out at the source. */
  readonly filtered: number;
  /** Its own counts, as it last told them. */
  readonly status: Status | undefined;
  /** Why the last connection to it did not open; undefined if it did. */
  readonly pathFailure: PathFailure | undefined;
  /** Why nothing is read from it: it and this consumer have not proved to each other that they have the same secret. */
  readonly proofFailure: ProofFailure | undefined;
}

/** What has come of a producer. */
export interface Counts {
  readonly received: number;
  readonly malformed: number;
  readonly lost: number;
  readonly filtered: number;
}

interface Known {
  id: string;
  clientId: string;
  metadata: Readonly<Record<string, unknown>>;
  session: string | undefined;
  /** The session that it named itself, as it does if it speaks the extension. */
  welcomedSession: string | undefined;
  /** Whether the server says that it is there. */
  isAnnounced: boolean;
  /** Whether it has said, to the server or here, that it ends. */
  hasEnded: boolean;
  channel: "none" | "connecting" | "open";
  /** When to ask for a connection, while there is none. */
  askAtMs: number;
  openedAtMs: number;
  /** Channels in a row that failed, or did not last. */
  failures: number;
  counts: Counts;
  status: Status | undefined;
  pathFailure: PathFailure | undefined;
  proofFailure: ProofFailure | undefined;
}

/** How long an announced producer may take to make its offer. */
const OFFER_TIMEOUT_MS = 10_000;
/** A channel that lived longer was a good one. */
const LASTING_MS = 10_000;
/** How long a producer is left alone that does not have the secret of this consumer: neither side's changes. */
const UNPROVED_DELAY_MS = 60_000;
/** How many producers that are gone are remembered. */
const MAX_GONE = 200;

export class Roster {
  readonly #producers = new Map<string, Known>();

  /** Every producer, in the order in which they came. */
  producers(): Producer[] {
    return [...this.#producers.values()].map((producer) => ({
      id: producer.id,
      clientId: producer.clientId,
      systemName: systemName(producer),
      metadata: producer.metadata,
      state: stateOf(producer),
      session: producer.welcomedSession,
      ...producer.counts,
      status: producer.status,
      pathFailure: producer.pathFailure,
      proofFailure: producer.proofFailure,
    }));
  }

  /** What the server has to know of open channels, so that it does not have them made twice. */
  connected(): Record<string, string> {
    const open = [...this.#producers.values()].filter(({ channel }) => channel === "open");
    return Object.fromEntries(
      open.flatMap(({ id, session }) => (session === undefined ? [] : [[id, session]])),
    );
  }

  /** The server announces a producer. True where the peer held for it belongs to a process that is gone. */
  announce(message: Message, nowMs: number): boolean {
    const { producer_id: id, client_id: clientId, metadata, session } = message;
    if (typeof id !== "string") {
      return false;
    }
    const newClientId = typeof clientId === "string" ? clientId : id;
    this.#takePlace(id, newClientId);
    const producer = this.#get(id);
    const newSession = typeof session === "string" ? session : undefined;
    const isOther = producer.channel !== "none" && producer.session !== newSession;
    producer.clientId = newClientId;
    producer.metadata = isObject(metadata) ? metadata : {};
    producer.session = newSession;
    producer.isAnnounced = true;
    producer.hasEnded = false;
    producer.askAtMs = nowMs + OFFER_TIMEOUT_MS;
    if (isOther) {
      producer.channel = "none";
    }
    return isOther;
  }

  /**
   * The server says that a producer is gone, and some servers say how: `closed` or `lost`. Its channel may live on: the
   * logs do not pass through the server.
   */
  withdraw(id: string, reason?: unknown): void {
    const producer = this.#producers.get(id);
    if (producer !== undefined) {
      producer.isAnnounced = false;
      producer.hasEnded ||= reason === "closed";
      producer.proofFailure = undefined;
      this.#forgetOldest();
    }
  }

  /** The server is gone, and with it all that it said. */
  withdrawAll(): void {
    for (const producer of this.#producers.values()) {
      producer.isAnnounced = false;
    }
    this.#forgetOldest();
  }

  /** A producer makes an offer, and with it a new channel; servers that announce none are known by their offers. */
  offered(id: string): void {
    const producer = this.#get(id);
    producer.channel = "connecting";
    producer.hasEnded = false;
    producer.welcomedSession = undefined;
  }

  /** Its channel speaks the extension. */
  welcomed(id: string, session: string): void {
    this.#get(id).welcomedSession = session;
  }

  /** Its offer shows whether its secret is the one of this consumer. */
  looked(id: string, failure: ProofFailure | undefined): void {
    this.#get(id).proofFailure = failure;
  }

  /** The channel is open, and its producer has proved what it had to, whatever its offer showed. */
  opened(id: string, nowMs: number): void {
    const producer = this.#get(id);
    producer.channel = "open";
    producer.pathFailure = undefined;
    producer.proofFailure = undefined;
    producer.openedAtMs = nowMs;
  }

  /**
   * The channel has ended or failed: ask for another, at once the first time, then ever more slowly. A producer that closed
   * it is about to go, and is asked only if it stays.
   */
  closed(id: string, nowMs: number, how: ChannelEnd, failure?: PathFailure): void {
    const producer = this.#get(id);
    producer.pathFailure = failure;
    const wasOpen = producer.channel === "open";
    if (wasOpen && nowMs - producer.openedAtMs > LASTING_MS) {
      producer.failures = 0;
    }
    producer.channel = "none";
    if (how === "closed") {
      producer.hasEnded = true;
      producer.askAtMs = nowMs + OFFER_TIMEOUT_MS;
    } else {
      // One that said goodbye to the server and then crashed did not end well.
      producer.hasEnded &&= !(wasOpen && how === "pathLost");
      producer.askAtMs = nowMs + Math.min(producer.failures * 1_000, 5_000);
      producer.failures += 1;
    }
    if (producer.proofFailure !== undefined) {
      producer.askAtMs = nowMs + UNPROVED_DELAY_MS;
    }
    this.#forgetOldest();
  }

  count(id: string, { received = 0, malformed = 0, lost = 0, filtered = 0 }: Partial<Counts>): void {
    const producer = this.#get(id);
    producer.counts = {
      received: producer.counts.received + received,
      malformed: producer.counts.malformed + malformed,
      lost: producer.counts.lost + lost,
      filtered: producer.counts.filtered + filtered,
    };
  }

  /** It tells its own counts. */
  told(id: string, status: Status): void {
    this.#get(id).status = status;
  }

  /** The producers to ask for a connection now; each is asked for again if no offer comes. */
  takeDue(nowMs: number): string[] {
    const due = [...this.#producers.values()].filter(
      (producer) => producer.isAnnounced && producer.channel === "none" && producer.askAtMs <= nowMs,
    );
    for (const producer of due) {
      producer.hasEnded = false;
      producer.askAtMs = nowMs + OFFER_TIMEOUT_MS;
    }
    return due.map(({ id }) => id);
  }

  #get(id: string): Known {
    const known = this.#producers.get(id);
    if (known !== undefined) {
      return known;
    }
    const producer: Known = {
      id,
      clientId: id,
      metadata: {},
      session: undefined,
      welcomedSession: undefined,
      isAnnounced: false,
      hasEnded: false,
      channel: "none",
      askAtMs: Number.POSITIVE_INFINITY,
      openedAtMs: 0,
      failures: 0,
      counts: { received: 0, malformed: 0, lost: 0, filtered: 0 },
      status: undefined,
      pathFailure: undefined,
      proofFailure: undefined,
    };
    this.#producers.set(id, producer);
    return producer;
  }

  /** A program that starts again under another id takes the place of the run that is gone: it is one program. */
  #takePlace(id: string, clientId: string): void {
    if (this.#producers.has(id)) {
      return;
    }
    const known = [...this.#producers.values()];
    const former = known.find((producer) => producer.clientId === clientId && isGone(producer));
    if (former !== undefined) {
      this.#producers.clear();
      for (const producer of known) {
        if (producer === former) {
          this.#get(id);
        } else {
          this.#producers.set(producer.id, producer);
        }
      }
    }
  }

  #forgetOldest(): void {
    const gone = [...this.#producers.values()].filter(isGone);
    for (const { id } of gone.slice(0, Math.max(0, gone.length - MAX_GONE))) {
      this.#producers.delete(id);
    }
  }
}

function stateOf(producer: Known): ProducerState {
  if (producer.channel === "open") {
    return "connected";
  }
  if (producer.hasEnded) {
    return "ended";
  }
  return producer.isAnnounced || producer.channel === "connecting" ? "connecting" : "lost";
}

/** Whether nothing more is to be expected of it, as far as anybody knows. */
function isGone(producer: Known): boolean {
  return !producer.isAnnounced && producer.channel === "none";
}

function systemName(producer: Known): string {
  const name = producer.metadata.system_name;
  return typeof name === "string" && name.trim() !== "" ? name : producer.id;
}
