/** The connection to the signaling server: registers, and comes back when it is lost. */

import { isObject, parseJson } from "./entry";

/** A message of the signaling protocol. */
export type Message = Readonly<Record<string, unknown>>;

/** `connected` means registered: the server has answered. `unauthorized`: it does not accept the token, or wants one. */
export type SignalingState = "connecting" | "connected" | "lost" | "unauthorized";

export interface SignalingHandlers {
  /** The message to register with, made anew for every connection. */
  register(): Message;
  onMessage(message: Message): void;
  onState(state: SignalingState): void;
}

/** How often the server is asked for a sign of life. */
const PING_INTERVAL_MS = 15_000;
/** The close code of a server that does not accept the token. */
const UNAUTHORIZED = 4401;
/** A connection that is silent for longer is given up. */
const SILENCE_TIMEOUT_MS = 40_000;

/** How long to wait before the `attempt`-th new connection, counted from 0: 1 s, growing to 5 s. */
export function reconnectDelayMs(attempt: number): number {
  return Math.min(1_000 * 1.5 ** attempt, 5_000);
}

export class Signaling {
  readonly #url: string;
  readonly #handlers: SignalingHandlers;
  #socket: WebSocket | undefined;
  #attempt = 0;
  #lastHeardMs = 0;
  #reconnectTimer: ReturnType<typeof setTimeout> | undefined;
  #pingTimer: ReturnType<typeof setInterval> | undefined;

  constructor(url: string, handlers: SignalingHandlers) {
    this.#url = url;
    this.#handlers = handlers;
  }

  /** Begins to connect, and goes on until `close`. */
  open(): void {
    this.#handlers.onState("connecting");
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    this.#lastHeardMs = Date.now();
    socket.onopen = () => this.send(this.#handlers.register());
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = ({ code }) => (code === UNAUTHORIZED ? this.#refuse() : this.#lose());
    this.#pingTimer = setInterval(() => this.#ping(), PING_INTERVAL_MS);
  }

  /** Sends a message, or drops it where there is no connection: what it was about is gone with it. */
  send(message: Message): void {
    if (this.#socket?.readyState === WebSocket.OPEN) {
      this.#socket.send(JSON.stringify(message));
    }
  }

  /** Connects again at once, as with another token. */
  reopen(): void {
    clearTimeout(this.#reconnectTimer);
    this.#drop();
    this.open();
  }

  /** Ends it for good, without another word to the handlers. */
  close(): void {
    clearTimeout(this.#reconnectTimer);
    this.#drop();
  }

  #receive(data: unknown): void {
    this.#lastHeardMs = Date.now();
    const message = typeof data === "string" ? parseJson(data) : undefined;
    if (!isObject(message)) {
      return;
    }
    if (message.type === "ping") {
      this.send({ type: "pong" });
      return;
    }
    if (message.type === "registered") {
      this.#attempt = 0;
      this.#handlers.onState("connected");
    }
    this.#handlers.onMessage(message);
  }

  #ping(): void {
    if (Date.now() - this.#lastHeardMs > SILENCE_TIMEOUT_MS) {
      this.#lose();
    } else {
      this.send({ type: "ping" });
    }
  }

  #lose(): void {
    this.#drop();
    this.#reconnectTimer = setTimeout(() => this.open(), reconnectDelayMs(this.#attempt));
    this.#attempt += 1;
    this.#handlers.onState("lost");
  }

  /** Another attempt with the same token would end in the same way. */
  #refuse(): void {
    this.#drop();
    this.#handlers.onState("unauthorized");
  }

  /** Lets go of the socket; its events come to nobody. */
  #drop(): void {
    clearInterval(this.#pingTimer);
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket !== undefined) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
  }
}
