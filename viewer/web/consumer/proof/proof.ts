/** The end-to-end proof of the consumer's side (docs/protocol.md §6.5): that nobody stands between it and a producer. No I/O. */

import { decodeBase64url, encodeBase64url } from "../base64url";
import { isObject, parseJson } from "../entry";
import { type Hello, isSameWish, sessionOf } from "../extension/hello";
import { sessionAttribute } from "../sdp";
import type { Claim, Context, Secret } from "./secret";

/** Why nothing is read from a producer. */
export type ProofFailure =
  /** This consumer has a secret, and the producer has none. */
  | "producerHasNoSecret"
  /** The producer has a secret, and this consumer has none. */
  | "secretWanted"
  /** The producer has another secret. */
  | "wrongSecret"
  /** The certificates are not those of the two sides: somebody stands between them, such as the signaling server. */
  | "certificateChanged";

/** What an offer says about the secret of its producer. */
export interface Look {
  /** Undefined if there is nothing to prove, or if it cannot be proved. */
  readonly proof: Proof | undefined;
  readonly failure: ProofFailure | undefined;
  /** A producer counts an answer without the right proof, and does not wait for another one. */
  readonly isAnswered: boolean;
}

const NONCE_BYTES = 16;

export function lookAt(offerSdp: string, secret: Secret | undefined): Look {
  const nonce = sessionAttribute(offerSdp, "x-logrtc-nonce");
  if (secret === undefined) {
    const failure = nonce === undefined ? undefined : "secretWanted";
    return { proof: undefined, failure, isAnswered: true };
  }
  if (nonce === undefined) {
    return { proof: undefined, failure: "producerHasNoSecret", isAnswered: false };
  }
  const context = contextOf(offerSdp, nonce);
  const proof = context === undefined ? undefined : new Proof(secret, context);
  if (proof?.claims(sessionAttribute(offerSdp, "x-logrtc-key"), "key") === false) {
    return { proof, failure: "wrongSecret", isAnswered: true };
  }
  if (proof?.claims(sessionAttribute(offerSdp, "x-logrtc-proof"), "offer") !== true) {
    return { proof: undefined, failure: "certificateChanged", isAnswered: false };
  }
  return { proof, failure: undefined, isAnswered: true };
}

function contextOf(offerSdp: string, nonceText: string): Context | undefined {
  const [nonce, session, offer] = [
    decodeBase64url(nonceText),
    sessionOf(offerSdp),
    onlyFingerprint(offerSdp),
  ];
  return nonce?.length === NONCE_BYTES && session !== undefined && offer !== undefined
    ? { nonce, session, offer }
    : undefined;
}

/** What is proved about the connection of one offer. */
export class Proof {
  readonly #secret: Secret;
  readonly #context: Context;

  constructor(secret: Secret, context: Context) {
    this.#secret = secret;
    this.#context = context;
  }

  /** Whether the producer makes this claim rightly, or not at all: it may be of another implementation. */
  claims(mac: string | undefined, label: "key" | "offer"): boolean {
    const claim = { label, fingerprints: label === "key" ? [] : [this.#context.offer] };
    return mac === undefined || this.#secret.verifies(decodeBase64url(mac), this.#context, claim);
  }

  /** What proves to the producer that an answer is of a holder of the secret. Throws if the answer names several certificates. */
  ofAnswer(answerSdp: string): string {
    return encodeBase64url(this.#secret.mac(this.#context, this.#claim("consumer", answerSdp)));
  }

  /** Whether the first message of the channel proves that the producer has the secret and got this answer with this `hello`. */
  isIn(data: unknown, answerSdp: string, hello: Hello | undefined): boolean {
    const message = typeof data === "string" ? parseJson(data) : undefined;
    return (
      isObject(message) &&
      message.type === "welcome" &&
      isSameWish(message.hello, hello) &&
      typeof message.proof === "string" &&
      this.#secret.verifies(decodeBase64url(message.proof), this.#context, this.#claim("producer", answerSdp))
    );
  }

  #claim(label: Claim["label"], answerSdp: string): Claim {
    const answer = onlyFingerprint(answerSdp);
    if (answer === undefined) {
      throw new Error("the browser does not name its certificate once");
    }
    return { label, fingerprints: [this.#context.offer, answer] };
  }
}

/**
 * The fingerprint of an SDP that names its certificate once, by SHA-256. Of several fingerprints, a browser may use another
 * one than was proved: Chromium takes the one of the media line, whatever the session level says.
 */
export function onlyFingerprint(sdp: string): Uint8Array | undefined {
  const octets = /^a=fingerprint:sha-256 ((?:[0-9a-f]{2}:){31}[0-9a-f]{2})[ \t\r]*$/im.exec(sdp)?.[1];
  return octets === undefined || sdp.match(/fingerprint/gi)?.length !== 1
    ? undefined
    : Uint8Array.from(octets.split(":"), (octet) => Number.parseInt(octet, 16));
}
