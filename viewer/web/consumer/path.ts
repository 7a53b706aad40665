/** What is known of a path that does not open: what both sides offered, and what STUN and TURN servers refused. No I/O. */

import { isObject } from "./entry";
import type { Message } from "./signaling";

/** An answer of a STUN or TURN server that was no address, as the browser reports it. */
export interface IceServerError {
  /** Of the server, as `stun:stun.example:3478`. */
  readonly url: string;
  /** Of the protocol, as 401 for wrong credentials; 701 if the server cannot be reached. */
  readonly code: number;
  readonly text: string;
}

/** Why a connection to a producer has not opened, as far as the browser tells. */
export interface PathFailure {
  /**
   * The kinds of addresses that this browser offered, each once: `host` is its own, `srflx` the one that a STUN server sees,
   * `relay` one of a TURN server.
   */
  readonly own: readonly string[];
  /** The kinds of addresses that the producer offered. */
  readonly theirs: readonly string[];
  readonly serverErrors: readonly IceServerError[];
}

/** More of them tell nothing new. */
const MAX_SERVER_ERRORS = 8;

export class PathWatch {
  readonly #own = new Set<string>();
  readonly #theirs = new Set<string>();
  readonly #serverErrors = new Map<string, IceServerError>();

  /** Takes the candidates that stand in a text: one, or an SDP. */
  addOwn(text: string): void {
    addKinds(this.#own, text);
  }

  addTheirs(text: string): void {
    addKinds(this.#theirs, text);
  }

  /** Takes a message of the producer with one candidate, however it is written. */
  addMessage({ candidate }: Message): void {
    const text = isObject(candidate) ? candidate.candidate : candidate;
    if (typeof text === "string") {
      this.addTheirs(text);
    }
  }

  addServerError({ url, code, text }: IceServerError): void {
    if (this.#serverErrors.size < MAX_SERVER_ERRORS) {
      this.#serverErrors.set(`${url} ${code}`, { url, code, text });
    }
  }

  failure(): PathFailure {
    return {
      own: [...this.#own].sort(),
      theirs: [...this.#theirs].sort(),
      serverErrors: [...this.#serverErrors.values()],
    };
  }
}

function addKinds(kinds: Set<string>, text: string): void {
  for (const [, kind] of text.matchAll(/candidate:[^\r\n]* typ (host|srflx|prflx|relay)\b/g)) {
    if (kind !== undefined) {
      kinds.add(kind);
    }
  }
}
