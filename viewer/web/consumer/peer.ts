/** One WebRTC connection to one producer: answers its offer, and hands out what its data channel brings. */

import { isObject } from "./entry";
import { type PathFailure, PathWatch } from "./path";
import type { ChannelEnd } from "./roster";
import type { Message } from "./signaling";

export interface PeerHandlers {
  /** Sends a message to the producer, by way of signaling. */
  send(message: Message): void;
  /** Makes of the answer that the browser writes the one that is sent; undefined if this offer is not to be answered. */
  greet(offerSdp: string): Promise<((answerSdp: string) => string) | undefined>;
  onOpen(): void;
  /** The text or the bytes of one message of the channel. */
  onMessage(data: unknown): void;
  /** The channel has ended, or never came to be: then `failure` is why. Comes once, and nothing comes after it. */
  onClose(how: ChannelEnd, failure: PathFailure | undefined): void;
}

/** A connection that has not opened by then will not. */
const OPEN_TIMEOUT_MS = 15_000;
/** What remains of a connection that has ended is given this long to be read. */
const ENDING_TIMEOUT_MS = 1_000;
/** What the consumer sends when it has read the first message. */
const LISTENING = '{"type":"ping","id":0}';
/** A connection without a path is given this long to find one again. */
const DISCONNECTED_TIMEOUT_MS = 15_000;

export class Peer {
  readonly #connection: RTCPeerConnection;
  readonly #handlers: PeerHandlers;
  /** Candidates wait for it: they cannot be added before the offer is applied. */
  readonly #answered: Promise<void>;
  readonly #path = new PathWatch();
  #channel: RTCDataChannel | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #disconnectedTimeoutMs = DISCONNECTED_TIMEOUT_MS;
  #isOpen = false;
  #isClosed = false;

  constructor(offer: Message, iceServers: RTCIceServer[], handlers: PeerHandlers) {
    this.#handlers = handlers;
    const connection = new RTCPeerConnection({ iceServers });
    this.#connection = connection;
    connection.ondatachannel = ({ channel }) => this.#adopt(channel);
    connection.onicecandidate = ({ candidate }) => this.#offerCandidate(candidate);
    connection.onicecandidateerror = ({ url, errorCode, errorText }) =>
      this.#path.addServerError({ url, code: errorCode, text: errorText });
    connection.onconnectionstatechange = () => this.#follow(connection.connectionState);
    this.#failAfter(OPEN_TIMEOUT_MS, "broken");
    this.#answered = this.#answer(offer);
  }

  /** Adds a candidate of the producer; one that cannot be read is left out, since others may do. */
  async addCandidate(message: Message): Promise<void> {
    this.#path.addMessage(message);
    await this.#answered;
    const candidate = readCandidate(message);
    if (candidate !== undefined && !this.#isClosed) {
      await this.#connection.addIceCandidate(candidate).catch(() => {});
    }
  }

  /** The server says whether the producer is there. The path to one that is gone does not come back when it is lost. */
  expectReturn(isExpected: boolean): void {
    this.#disconnectedTimeoutMs = isExpected ? DISCONNECTED_TIMEOUT_MS : ENDING_TIMEOUT_MS;
    if (!this.#isClosed) {
      this.#follow(this.#connection.connectionState);
    }
  }

  /** Sends a message over the channel; one that is not open takes none. */
  send(text: string): void {
    if (this.#channel?.readyState === "open") {
      this.#channel.send(text);
    }
  }

  /** Ends the connection, without another word to the handlers. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#connection.close();
  }

  /** Ends the connection, and tells the handlers. */
  fail(how: ChannelEnd): void {
    if (!this.#isClosed) {
      this.close();
      this.#handlers.onClose(how, this.#isOpen ? undefined : this.#path.failure());
    }
  }

  async #answer(offer: Message): Promise<void> {
    try {
      const offerSdp = readSdp(offer);
      this.#path.addTheirs(offerSdp);
      // Before the browser finds candidates: those must not overtake the answer.
      const dress = await this.#handlers.greet(offerSdp);
      if (dress === undefined) {
        this.fail("broken");
        return;
      }
      await this.#connection.setRemoteDescription({ type: "offer", sdp: offerSdp });
      await this.#connection.setLocalDescription();
      const answer = this.#connection.localDescription;
      if (answer !== null && !this.#isClosed) {
        this.#handlers.send({ type: "webrtc_answer", sdp: dress(answer.sdp) });
      }
    } catch {
      this.fail("broken");
    }
  }

  #offerCandidate(candidate: RTCIceCandidate | null): void {
    if (candidate === null || candidate.candidate === "" || this.#isClosed) {
      return;
    }
    this.#path.addOwn(candidate.candidate);
    const { sdpMid, sdpMLineIndex } = candidate;
    this.#handlers.send({ type: "ice_candidate", candidate: candidate.candidate, sdpMid, sdpMLineIndex });
  }

  /** Runs inside the `datachannel` event: a handler attached any later would miss the first messages. */
  #adopt(channel: RTCDataChannel): void {
    channel.binaryType = "arraybuffer";
    this.#channel = channel;
    let hasReported = false;
    channel.onmessage = ({ data }) => {
      if (!this.#isClosed) this.#handlers.onMessage(data);
      // So the producer knows that its entries are read: what a channel brought before is lost in Chromium if it ends meanwhile.
      if (!hasReported && channel.readyState === "open") {
        hasReported = true;
        channel.send(LISTENING);
      }
    };
    // A producer that closes the channel resets its stream, which fires `closing` and no `error`. One that ends the connection
    // fires `error` in Chromium, and no `closing` in Firefox.
    let isClosing = false;
    channel.onclosing = () => {
      isClosing = true;
    };
    channel.onerror = () => {
      isClosing = false;
      channel.onclosing = null;
    };
    channel.onclose = () => this.fail(isClosing ? "closed" : "broken");
    channel.onopen = () => this.#open();
    if (channel.readyState === "open") {
      this.#open();
    }
  }

  #open(): void {
    if (!this.#isClosed && !this.#isOpen) {
      this.#isOpen = true;
      clearTimeout(this.#timer);
      this.#handlers.onOpen();
    }
  }

  #follow(state: RTCPeerConnectionState): void {
    if (state === "failed") {
      this.fail("pathLost");
    } else if (state === "closed") {
      // The channel says how it ended, behind its last message.
      this.#failAfter(ENDING_TIMEOUT_MS, "broken");
    } else if (state === "disconnected") {
      this.#failAfter(this.#disconnectedTimeoutMs, "pathLost");
    } else if (state === "connected" && this.#isOpen) {
      // A path alone is no channel: until that is open, its time limit stands.
      clearTimeout(this.#timer);
    }
  }

  #failAfter(timeoutMs: number, how: ChannelEnd): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.fail(how), timeoutMs);
  }
}

/** The SDP of an offer: text, or an object that holds the text. */
function readSdp(offer: Message): string {
  const sdp = isObject(offer.sdp) ? offer.sdp.sdp : offer.sdp;
  return typeof sdp === "string" ? sdp : "";
}

/** A candidate: text beside its m-line, or an object that holds both; undefined for the end of candidates. */
export function readCandidate(message: Message): RTCIceCandidateInit | undefined {
  const source = isObject(message.candidate) ? message.candidate : message;
  const { candidate } = source;
  if (typeof candidate !== "string" || candidate === "") {
    return undefined;
  }
  const sdpMid = source.sdpMid ?? source.sdp_mid;
  const sdpMLineIndex = source.sdpMLineIndex ?? source.sdp_m_line_index;
  return {
    candidate,
    sdpMid: typeof sdpMid === "string" ? sdpMid : null,
    // A connection for logs has one m-line.
    sdpMLineIndex: typeof sdpMLineIndex === "number" ? sdpMLineIndex : 0,
  };
}
