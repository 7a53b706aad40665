/**
 * What is said before the channel opens: the producer's mark in its offer, the consumer's `hello` in its answer. No I/O.
 * docs/protocol.md §6.1.
 */

import { encodeBase64url } from "../base64url";
import { isObject } from "../entry";
import { sessionAttribute, withAttribute } from "../sdp";
import type { SourceFilter } from "./filter";

/** Where a consumer begins: at the oldest entry that is held, behind the newest, or with so many of the newest. */
export type Start = "oldest" | "newest" | { readonly last: number };

/** Goes on behind an entry that the consumer has. */
export interface Resume {
  readonly resume: { readonly session: string; readonly seq: number };
}

export interface Hello extends SourceFilter {
  readonly version: 1;
  readonly accept: readonly string[];
  readonly credit: number;
  readonly start?: Start | Resume;
}

/** How many bytes a producer may send beyond what was acknowledged, before compression. */
export const CREDIT_BYTES = 4 * 1024 * 1024;

export interface HelloOptions {
  /** Of the offer that is answered. */
  readonly session: string;
  /** The number of that session that is expected next, if any of it was received. */
  readonly next: number | undefined;
  /** Where to begin in a session of which nothing was received; the producer decides by default. */
  readonly start: Start | undefined;
  readonly filter: SourceFilter;
  /** Whether raw DEFLATE can be read. */
  readonly canInflate: boolean;
}

export function makeHello({ session, next, start, filter, canInflate }: HelloOptions): Hello {
  const begin = next === undefined ? start : startAt(session, next);
  return {
    version: 1,
    accept: canInflate ? ["deflate-raw"] : [],
    credit: CREDIT_BYTES,
    ...filter,
    ...(begin === undefined ? {} : { start: begin }),
  };
}

/**
 * Whether the `hello` that a producer understood asks for the same entries as the one that was sent. A server can change what
 * it forwards.
 */
export function isSameWish(understood: unknown, sent: Hello | undefined): boolean {
  return JSON.stringify(wishOf(understood)) === JSON.stringify(wishOf(sent));
}

function wishOf(hello: unknown): unknown[] {
  const { level, filter, start } = isObject(hello) ? hello : {};
  const { last, resume } = isObject(start) ? start : {};
  const { session, seq } = isObject(resume) ? resume : {};
  return [level, filter, isObject(start) ? [last, session, seq] : start];
}

/** The session that an offer names, if its producer speaks the extension. */
export function sessionOf(offerSdp: string): string | undefined {
  return /^1 ([\x21-\x7e]{1,160})$/.exec(sessionAttribute(offerSdp, "x-logrtc") ?? "")?.[1];
}

/** The answer as it is sent to the producer; what the browser's own stack is given does not have the line. */
export function withHello(answerSdp: string, hello: Hello): string {
  const bytes = new TextEncoder().encode(JSON.stringify(hello));
  return withAttribute(answerSdp, "x-logrtc-hello", encodeBase64url(bytes));
}

/** No number precedes 0: who had none of them begins with the oldest. */
function startAt(session: string, next: number): Start | Resume {
  return next === 0 ? "oldest" : { resume: { session, seq: next - 1 } };
}
