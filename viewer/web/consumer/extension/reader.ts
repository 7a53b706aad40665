/** What a link needs of whoever reads its channel: here, or in a worker. */

import type { Decoded } from "../entry";
import type { Asked, Numbered, Taken } from "./account";
import type { Answer, Status, Welcome } from "./frames";

/** What a reader reports, in the order of the messages. */
export interface ReaderHandlers {
  /** A message of the base protocol. */
  onPlain(decoded: Decoded): void;
  /** The channel speaks the extension. Comes first, if it comes. */
  onWelcome(welcome: Welcome): void;
  /** Something of the session, in order; `next` is the number that comes next. */
  onTaken(taken: Taken, next: number): void;
  /** Entries that are not handed out, because the reader keeps them. */
  onKept(count: number): void;
  /** Entries that were fetched by the request `id`. */
  onFetched(id: number, entries: readonly Numbered[]): void;
  onAnswer(answer: Answer): void;
  onStatus(status: Status): void;
  /** A message that could not be read. */
  onMalformed(): void;
  /** Hands everything that was taken to the user of the library: it is about to be acknowledged. */
  deliver(): void;
  /** Sends a message over the channel, if that is still open. */
  send(text: string): void;
}

export interface ChannelReader {
  /** The answer goes out with a hello: the first message may be `welcome`. */
  expectWelcome(asked: Asked): void;
  /** Takes one message of the channel. */
  take(data: unknown): void;
  /** Resolves once everything is read that has come so far; undefined if it is. */
  drained(): Promise<void> | undefined;
  /** No message comes any more. May be called more than once. */
  end?(): void;
}

/** Makes the reader of a new channel of a producer. */
export type MakeReader = (handlers: ReaderHandlers, producer: string) => ChannelReader;
