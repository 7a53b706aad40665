/** Reads the messages of one channel, in order, whether they are of the base protocol or of the extension. */

import { decodeMessage } from "../entry";
import { Account, type Asked, type Numbered } from "./account";
import { Acknowledgement } from "./acknowledgement";
import { type Frame, parseFrame, parseWelcome } from "./frames";
import { CREDIT_BYTES } from "./hello";
import { type Inflated, inflate } from "./inflate";
import type { ChannelReader, ReaderHandlers } from "./reader";

/** What the receiver reports: it keeps nothing. */
export type ReceiverHandlers = Omit<ReaderHandlers, "onKept">;

/** A producer that keeps to the credit has no more than that under way; a frame may grow a little by compression. */
export const MAX_WAITING_BYTES = 2 * CREDIT_BYTES;
/** A UTF-16 unit is at most three bytes of UTF-8. */
export const MAX_BYTES_PER_UNIT = 3;

export class Receiver implements ChannelReader {
  readonly #handlers: ReceiverHandlers;
  #asked: Asked | undefined;
  #isFirst = true;
  #account: Account | undefined;
  readonly #acknowledgement = new Acknowledgement();
  /** The request that the next batch answers, if it is not of the session. */
  #fetchId: number | undefined;
  /** Messages that wait until a frame before them is inflated. */
  readonly #waiting: unknown[] = [];
  #waitingBytes = 0;
  #drained: Promise<void> | undefined;

  constructor(handlers: ReceiverHandlers) {
    this.#handlers = handlers;
  }

  /** The answer goes out with a hello: the first message may be `welcome`. */
  expectWelcome(asked: Asked): void {
    this.#asked = asked;
  }

  /** Takes one message of the channel. Text is read before this returns, unless a binary message before it is not yet. */
  take(data: unknown): void {
    const bytes = sizeOf(data);
    if (this.#waitingBytes + bytes > MAX_WAITING_BYTES) {
      this.#handlers.onMalformed();
    } else if (this.#drained !== undefined) {
      this.#waiting.push(data);
      this.#waitingBytes += bytes;
    } else if (this.#account !== undefined && data instanceof ArrayBuffer) {
      this.#drained = this.#drain(data);
    } else {
      this.#read(data);
    }
  }

  /** Resolves once everything is read that has come so far; undefined if it is. */
  drained(): Promise<void> | undefined {
    return this.#drained;
  }

  async #drain(frame: ArrayBuffer): Promise<void> {
    let data: unknown = frame;
    do {
      if (data instanceof ArrayBuffer) {
        this.#readInflated(await inflate(data));
      } else {
        this.#read(data);
      }
      data = this.#waiting.shift();
      this.#waitingBytes -= sizeOf(data);
    } while (data !== undefined);
    this.#drained = undefined;
  }

  #read(data: unknown): void {
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    if (this.#account !== undefined) {
      const text = typeof data === "string" ? data : "";
      this.#readFrame(text, text.length * MAX_BYTES_PER_UNIT);
    } else if (!(isFirst && this.#isWelcomed(data))) {
      this.#handlers.onPlain(decodeMessage(data));
    }
  }

  #isWelcomed(data: unknown): boolean {
    const asked = this.#asked;
    const welcome = asked !== undefined && typeof data === "string" ? parseWelcome(data) : undefined;
    if (asked === undefined || welcome === undefined) {
      return false;
    }
    const { account, taken } = Account.open(welcome, asked);
    this.#account = account;
    this.#handlers.onWelcome(welcome);
    this.#handlers.onTaken(taken, account.next);
    return true;
  }

  #readInflated(inflated: Inflated | undefined): void {
    this.#readFrame(inflated?.text ?? "", inflated?.bytes ?? 0);
  }

  #readFrame(text: string, bytes: number): void {
    const account = this.#account;
    if (account === undefined) {
      return;
    }
    const frame = parseFrame(text);
    if (frame === undefined) {
      this.#fetchId = undefined;
      this.#handlers.onMalformed();
    } else {
      this.#handle(frame, account);
    }
    const seq = this.#acknowledgement.take(bytes, account.next, this.#waiting.length === 0);
    if (seq !== undefined) {
      this.#handlers.deliver();
      this.#handlers.send(JSON.stringify({ type: "ack", seq }));
    }
  }

  #handle(frame: Frame, account: Account): void {
    const fetchId = this.#fetchId;
    this.#fetchId = frame.type === "fetch" ? frame.id : undefined;
    switch (frame.type) {
      case "batch":
        if (fetchId === undefined) {
          this.#handlers.onTaken(account.takeBatch(frame), account.next);
        } else {
          const entries = frame.lines.filter((line): line is Numbered => line.entry !== undefined);
          this.#handlers.onFetched(fetchId, entries);
        }
        break;
      case "gap":
        this.#handlers.onTaken(account.takeGap(frame), account.next);
        break;
      case "filter":
      case "fetched":
      case "error":
      case "pong":
        this.#handlers.onAnswer(frame);
        break;
      case "status":
        this.#handlers.onStatus(frame.status);
        break;
    }
  }
}

export function sizeOf(data: unknown): number {
  if (typeof data === "string") {
    return data.length;
  }
  return data instanceof ArrayBuffer ? data.byteLength : 0;
}
