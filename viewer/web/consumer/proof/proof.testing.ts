/** What a producer with a secret offers and proves, for tests. */

import { encodeBase64url } from "../base64url";
import { type Claim, Secret } from "./secret";

export const SECRET = "0123456789abcdef0123456789abcdef";

const CONTEXT = { nonce: new Uint8Array(16).fill(7), session: "s", offer: new Uint8Array(32).fill(1) };

function mac(secret: string, label: Claim["label"], fingerprints: readonly Uint8Array[]): string {
  return encodeBase64url(new Secret(secret).mac(CONTEXT, { label, fingerprints }));
}

/** The offer of session `s`, whose certificate is 01:01:…. */
export function offerOf(secret: string): string {
  const lines = [
    "v=0",
    "a=x-logrtc:1 s",
    `a=x-logrtc-nonce:${encodeBase64url(CONTEXT.nonce)}`,
    `a=x-logrtc-key:${mac(secret, "key", [])}`,
    `a=x-logrtc-proof:${mac(secret, "offer", [CONTEXT.offer])}`,
    `a=fingerprint:sha-256 ${Array(32).fill("01").join(":")}`,
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
  ];
  return lines.map((line) => `${line}\r\n`).join("");
}

/** The proof for that offer and an answer whose certificate is 02:02:…. */
export function proofOf(secret: string, label: "consumer" | "producer"): string {
  return mac(secret, label, [CONTEXT.offer, new Uint8Array(32).fill(2)]);
}
