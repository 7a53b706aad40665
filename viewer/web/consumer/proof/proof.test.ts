import { expect, test } from "vitest";
import vectors from "../../../../tests/proof/vectors.json";
import { decodeBase64url, encodeBase64url } from "../base64url";
import { lookAt, onlyFingerprint } from "./proof";
import { offerOf, proofOf, SECRET } from "./proof.testing";
import { isSecret, Secret } from "./secret";

function bytes(text: string): Uint8Array {
  const decoded = decodeBase64url(text);
  if (decoded === undefined) throw new Error(text);
  return decoded;
}

test.each(vectors)("the MACs are those of the protocol: $session", (vector) => {
  const [nonce, offer, answer] = [bytes(vector.nonce), bytes(vector.offer), bytes(vector.answer)];
  const { session } = vector;
  const secret = new Secret(vector.secret);
  for (const [label, fingerprints, mac] of [
    ["key", [], vector.key_mac],
    ["offer", [offer], vector.offer_mac],
    ["consumer", [offer, answer], vector.consumer_mac],
    ["producer", [offer, answer], vector.producer_mac],
  ] as const) {
    const context = { nonce, session, offer };
    expect(encodeBase64url(secret.mac(context, { label, fingerprints })), label).toBe(mac);
    expect(secret.verifies(bytes(mac), context, { label, fingerprints })).toBe(true);
    for (const wrong of [
      undefined,
      new Uint8Array(),
      bytes(mac).subarray(1),
      bytes(mac).map((byte) => byte ^ 1),
    ]) {
      expect(secret.verifies(wrong, context, { label, fingerprints })).toBe(false);
    }
  }
});

test("a secret has 128 bits, and is not in an error", () => {
  for (const right of [SECRET, "AbCdEfGhIjKlMnOpQrStUv", "-_-_-_-_-_-_-_-_-_-_-_", "a".repeat(256)]) {
    expect(isSecret(right), right).toBe(true);
  }
  const short = SECRET.slice(1);
  for (const wrong of [
    "",
    "short",
    short,
    "AbCdEfGhIjKlMnOpQrStU",
    `${SECRET}=`,
    `${SECRET}\n`,
    "a".repeat(257),
  ]) {
    expect(isSecret(wrong), wrong).toBe(false);
  }
  expect(() => new Secret(short)).toThrow(RangeError);
  expect(() => new Secret(short)).not.toThrow(short);
});

const without = (key: string) => offerOf(SECRET).replace(new RegExp(`^a=${key}:.*\r\n`, "m"), "");

test.each([
  ["both", offerOf(SECRET), true, undefined, true],
  ["neither", without("x-logrtc-nonce"), false, undefined, true],
  ["the producer alone", offerOf(SECRET), false, "secretWanted", true],
  ["the consumer alone", without("x-logrtc-nonce"), true, "producerHasNoSecret", false],
  ["another secret", offerOf(SECRET.replaceAll("0", "1")), true, "wrongSecret", true],
  ["another implementation", without("x-logrtc-key"), true, undefined, true],
  ["the nonce alone", without("x-logrtc-key").replace("proof", "else"), true, undefined, true],
  ["another certificate", offerOf(SECRET).replace("01:01", "03:03"), true, "certificateChanged", false],
  [
    "a session-level one in front of another",
    offerOf(SECRET).replace(/$/, `a=fingerprint:sha-256 ${Array(32).fill("03").join(":")}\r\n`),
    true,
    "certificateChanged",
    false,
  ],
  ["a nonce that is none", offerOf(SECRET).replace("nonce:", "nonce:A"), true, "certificateChanged", false],
])("an offer says what is wrong: %s", (_, offer, hasSecret, failure, isAnswered) => {
  const look = lookAt(offer, hasSecret ? new Secret(SECRET) : undefined);
  expect([look.failure, look.isAnswered]).toEqual([failure, isAnswered]);
});

test("only the message with the MAC of the producer is its first one", () => {
  const answer = `a=fingerprint:sha-256 ${Array(32).fill("02").join(":")}\r\n`;
  const { proof } = lookAt(offerOf(SECRET), new Secret(SECRET));
  expect(proof?.ofAnswer(answer)).toBe(proofOf(SECRET, "consumer"));
  expect(() => proof?.ofAnswer(answer + answer)).toThrow("once");
  const welcome = (mac: unknown) => JSON.stringify({ type: "welcome", proof: mac });
  expect(proof?.isIn(welcome(proofOf(SECRET, "producer")), answer, undefined)).toBe(true);
  for (const wrong of [
    welcome(proofOf(SECRET, "consumer")),
    welcome(undefined),
    welcome(7),
    JSON.stringify({ type: "batch", proof: proofOf(SECRET, "producer") }),
    "text",
    new ArrayBuffer(4),
  ]) {
    expect(proof?.isIn(wrong, answer, undefined)).toBe(false);
  }
});

test("an SDP names one certificate once", () => {
  const hex = Array(32).fill("AB").join(":");
  const line = `a=fingerprint:sha-256 ${hex}\r\n`;
  for (const right of [`v=0\r\n${line}m=\r\n`, `v=0\nm=\na=fingerprint:SHA-256 ${hex.toLowerCase()}\n`]) {
    expect(onlyFingerprint(right)).toEqual(new Uint8Array(32).fill(0xab));
  }
  for (const wrong of [
    "v=0\r\n",
    `${line}m=\r\n${line}`,
    line + line.replace("sha-256", "sha-512"),
    line + line.replace("a=f", "A = F"),
    line.replace("a=", " a="),
    line.replace("sha-256", "sha-1"),
    line.replace("AB:AB", "AB"),
    line.replace("AB:AB", "AB:+B"),
  ]) {
    expect(onlyFingerprint(wrong), wrong).toBeUndefined();
  }
});
