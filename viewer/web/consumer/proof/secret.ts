/**
 * The secret that producers and their readers share, and the message authentication codes that only its holders can make
 * (docs/protocol.md §6.5). No I/O. `crypto.subtle` would do, but pages on plain `http:` do not have it.
 */

import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";

/** Which connection a MAC is for. */
export interface Context {
  /** Of the offer, made for it alone. */
  readonly nonce: Uint8Array;
  /** The mark of the producer's session. */
  readonly session: string;
  /** The fingerprint of the offer's certificate. */
  readonly offer: Uint8Array;
}

/** What a MAC says: with this label, of these fingerprints. */
export interface Claim {
  readonly label: "key" | "offer" | "consumer" | "producer";
  readonly fingerprints: readonly Uint8Array[];
}

/** At least 128 bits: 22 characters of base64url, or 32 hexadecimal digits. */
const SECRET = /^(?=[\w-]*[^0-9A-Fa-f])[\w-]{22,256}$|^[0-9A-Fa-f]{32,256}$/;

/** Whether `text` may be a secret. */
export function isSecret(text: string): boolean {
  return SECRET.test(text);
}

const encoder = new TextEncoder();

export class Secret {
  readonly #key: Uint8Array;

  /** Throws a `RangeError`, which does not hold the text, if that is not a secret. */
  constructor(text: string) {
    if (!isSecret(text)) {
      throw new RangeError(
        "secret: must be random: 32 to 256 hexadecimal digits, or 22 to 256 characters of base64url",
      );
    }
    // HKDF of one block, without a salt (RFC 5869 §2).
    const extracted = hmac(sha256, new Uint8Array(32), encoder.encode(text));
    this.#key = hmac(sha256, extracted, encoder.encode("logrtc proof 1\x01"));
  }

  mac({ nonce, session }: Context, { label, fingerprints }: Claim): Uint8Array {
    const mac = hmac.create(sha256, this.#key).update(encoder.encode(label)).update(nonce);
    mac.update(sha256(encoder.encode(session)));
    for (const fingerprint of fingerprints) {
      mac.update(fingerprint);
    }
    return mac.digest();
  }

  /** Whether `mac` is the MAC for this claim; in a time that does not depend on where it differs. */
  verifies(mac: Uint8Array | undefined, context: Context, claim: Claim): boolean {
    const right = this.mac(context, claim);
    if (mac === undefined || mac.length !== right.length) {
      return false;
    }
    return right.reduce((difference, byte, index) => difference | (byte ^ (mac[index] ?? 0)), 0) === 0;
  }
}
