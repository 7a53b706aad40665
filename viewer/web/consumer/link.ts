/** What one offer leads to: a peer, what its channel brings, and what is asked of the producer over it. */

import type { Decoded } from "./entry";
import type { Taken } from "./extension/account";
import { type FetchedPart, Fetches, type FetchRange } from "./extension/fetch";
import type { SourceFilter } from "./extension/filter";
import type { Answer, Status, Welcome } from "./extension/frames";
import { type Hello, makeHello, type Start, sessionOf, withHello } from "./extension/hello";
import { canInflate } from "./extension/inflate";
import type { Places } from "./extension/places";
import type { ChannelReader, ReaderHandlers } from "./extension/reader";
import { Receiver } from "./extension/receiver";
import { Requests } from "./extension/requests";
import type { PathFailure } from "./path";
import { Peer } from "./peer";
import { lookAt, type Proof, type ProofFailure } from "./proof/proof";
import type { Secret } from "./proof/secret";
import type { ChannelEnd } from "./roster";
import { withAttribute } from "./sdp";
import type { Message } from "./signaling";

export interface LinkOptions {
  readonly offer: Message;
  readonly iceServers: RTCIceServer[];
  /** What the producer has to prove that it has. */
  readonly secret?: Secret | undefined;
  /** How far every session has come; the link takes note of it. */
  readonly places: Places;
  readonly start: Start | undefined;
  /** The filter that is wanted, as of now. */
  filter(): SourceFilter;
  /** The producer's link before, which is closed, has read what it received: only then is it known where to go on. */
  readonly formerIsRead: Promise<void> | undefined;
  /** Makes what reads the channel, if that is not to be read here. */
  readonly makeReader?: ((handlers: ReaderHandlers) => ChannelReader) | undefined;
}

export interface LinkHandlers {
  /** Sends a message to the producer, by way of signaling. */
  send(message: Message): void;
  /** The channel is open, and its producer has proved what it had to. */
  onOpen(): void;
  /** Why nothing can be read from the producer; undefined if its offer shows no reason. */
  onLook(failure: ProofFailure | undefined): void;
  /** A message of the base protocol. */
  onPlain(decoded: Decoded): void;
  onWelcome(welcome: Welcome): void;
  onTaken(taken: Taken): void;
  /** Entries that the reader keeps for itself. */
  onKept(count: number): void;
  onStatus(status: Status): void;
  onMalformed(): void;
  /** An error that answers no request. */
  onError(message: string): void;
  /** Hands everything so far to the user of the library. */
  deliver(): void;
  /**
   * The channel has ended, and everything it brought is read; or it never came to be, and `failure` is why. Comes once, and
   * nothing after it.
   */
  onClose(how: ChannelEnd, failure: PathFailure | undefined): void;
}

/** How long a producer that has to prove something may take, once its channel is open: it is its first message. */
const PROOF_TIMEOUT_MS = 5_000;

/** What has to be proved before anything of a channel is read. */
interface Expected {
  readonly proof: Proof;
  /** What the producer has to have got. Undefined until it is made: no message can be right before. */
  readonly answer: { readonly sdp: string; readonly hello: Hello | undefined } | undefined;
}

export class Link {
  readonly #options: LinkOptions;
  readonly #handlers: LinkHandlers;
  readonly #reader: ChannelReader;
  readonly #requests: Requests;
  readonly #fetches: Fetches;
  readonly #peer: Peer;
  #expected: Expected | undefined;
  #proofTimer: ReturnType<typeof setTimeout> | undefined;
  /** Of the producer, once it speaks the extension. */
  #session: string | undefined;
  /** As JSON. */
  #filterInForce = "";
  #filterTurn: Promise<void> = Promise.resolve();
  /** Nothing can be asked any more. */
  #isEnded = false;
  /** By this side, which wants to hear of nothing any more. */
  #isClosed = false;

  constructor(options: LinkOptions, handlers: LinkHandlers) {
    this.#options = options;
    this.#handlers = handlers;
    const send = (text: string) => this.#peer.send(text);
    this.#requests = new Requests(send);
    this.#fetches = new Fetches(this.#requests);
    const { makeReader = (reports) => new Receiver(reports) } = options;
    this.#reader = makeReader({
      onPlain: (decoded) => handlers.onPlain(decoded),
      onWelcome: (welcome) => this.#welcome(welcome),
      onTaken: (taken, next) => this.#take(taken, next),
      onKept: (count) => handlers.onKept(count),
      onFetched: (id, entries) => this.#fetches.take(id, entries),
      onAnswer: (answer) => this.#answer(answer),
      onStatus: (status) => handlers.onStatus(status),
      onMalformed: () => handlers.onMalformed(),
      deliver: () => handlers.deliver(),
      send,
    });
    this.#peer = new Peer(options.offer, options.iceServers, {
      send: (message) => handlers.send(message),
      greet: (offerSdp) => this.#greet(offerSdp),
      onOpen: () => this.#open(),
      onMessage: (data) => this.#receive(data),
      onClose: (how, failure) => this.#end(how, failure),
    });
  }

  /** Of the producer, once it has said that it speaks the extension; undefined for the base protocol, and when the link has ended. */
  get session(): string | undefined {
    return this.#isEnded ? undefined : this.#session;
  }

  addCandidate(message: Message): void {
    void this.#peer.addCandidate(message);
  }

  /** The server says whether the producer is there. */
  expectReturn(isExpected: boolean): void {
    this.#peer.expectReturn(isExpected);
  }

  /** Ends the connection. Entries that have arrived are still taken; nothing else is told any more. */
  close(): void {
    this.#isClosed = true;
    this.#peer.close();
    this.#finish();
  }

  /** Resolves once everything is read that this link and those before it have received. */
  async isRead(): Promise<void> {
    await this.#options.formerIsRead;
    await this.#reader.drained();
  }

  /** Has the producer apply the filter that is wanted by then; resolves when it does. */
  applyFilter(): Promise<void> {
    // One at a time: who types a filter changes it faster than a producer takes messages.
    const turn = this.#filterTurn.then(() => this.#sendFilter());
    this.#filterTurn = turn.catch(() => {});
    return turn;
  }

  fetch(range: FetchRange): AsyncGenerator<FetchedPart, void> {
    return this.#fetches.fetch(range);
  }

  /** How long a message takes to the producer's logrtc and back, in milliseconds. */
  async ping(): Promise<number> {
    const since = performance.now();
    await this.#requests.ask("pong", () => ({ type: "ping" }));
    return performance.now() - since;
  }

  async #greet(offerSdp: string): Promise<((answerSdp: string) => string) | undefined> {
    const { proof, failure, isAnswered } = lookAt(offerSdp, this.#options.secret);
    this.#handlers.onLook(failure);
    if (!isAnswered) {
      return undefined;
    }
    // Before the browser connects, so that no message can come ahead of it.
    this.#expected = proof === undefined ? undefined : { proof, answer: undefined };
    const hello = await this.#makeHello(offerSdp);
    return (answerSdp) => {
      const greeting = hello === undefined ? answerSdp : withHello(answerSdp, hello);
      if (proof === undefined) {
        return greeting;
      }
      this.#expected = { proof, answer: { sdp: answerSdp, hello } };
      return withAttribute(greeting, "x-logrtc-proof", proof.ofAnswer(answerSdp));
    };
  }

  #open(): void {
    if (this.#expected === undefined) {
      this.#handlers.onOpen();
    } else {
      this.#proofTimer = setTimeout(() => this.#refuse(), PROOF_TIMEOUT_MS);
    }
  }

  #receive(data: unknown): void {
    const expected = this.#expected;
    if (expected !== undefined) {
      const { proof, answer } = expected;
      if (answer === undefined || !proof.isIn(data, answer.sdp, answer.hello)) {
        this.#refuse();
        return;
      }
      this.#expected = undefined;
      clearTimeout(this.#proofTimer);
      this.#handlers.onOpen();
    }
    this.#reader.take(data);
  }

  /** Who is at the other end of the channel is not the producer, or has not got the answer of this side. */
  #refuse(): void {
    this.#handlers.onLook("certificateChanged");
    this.#peer.fail("broken");
  }

  async #makeHello(offerSdp: string): Promise<Hello | undefined> {
    const session = sessionOf(offerSdp);
    if (session === undefined) {
      return undefined;
    }
    await this.#options.formerIsRead;
    const { places, start } = this.#options;
    const filter = this.#options.filter();
    const next = places.next(session);
    this.#filterInForce = JSON.stringify(filter);
    this.#reader.expectWelcome({ session, next });
    return makeHello({ session, next, start, filter, canInflate });
  }

  #welcome(welcome: Welcome): void {
    this.#session = welcome.session;
    this.#handlers.onWelcome(welcome);
    if (this.#hasFilterChanged()) {
      this.applyFilter().catch((error: Error) => this.#handlers.onError(error.message));
    }
  }

  #take(taken: Taken, next: number): void {
    if (this.#session !== undefined) {
      this.#options.places.reach(this.#session, next);
    }
    this.#handlers.onTaken(taken);
  }

  #answer(answer: Answer): void {
    if (!this.#requests.answer(answer) && answer.type === "error") {
      this.#handlers.onError(answer.message);
    }
  }

  /** Since hello was written, or since the last filter was sent. */
  #hasFilterChanged(): boolean {
    return JSON.stringify(this.#options.filter()) !== this.#filterInForce;
  }

  async #sendFilter(): Promise<void> {
    if (this.session !== undefined && this.#hasFilterChanged()) {
      const filter = this.#options.filter();
      await this.#requests
        .ask("filter", () => ({ type: "filter", ...filter }))
        .catch((error: Error) => {
          // The hello of the next channel says it then.
          if (!this.#isEnded) throw error;
        });
      this.#filterInForce = JSON.stringify(filter);
    }
  }

  #end(how: ChannelEnd, failure: PathFailure | undefined): void {
    this.#finish();
    const drained = this.#reader.drained();
    if (drained === undefined) {
      this.#handlers.onClose(how, failure);
      return;
    }
    void drained.then(() => {
      if (!this.#isClosed) this.#handlers.onClose(how, failure);
    });
  }

  #finish(): void {
    this.#isEnded = true;
    clearTimeout(this.#proofTimer);
    this.#requests.end();
    this.#reader.end?.();
  }
}
