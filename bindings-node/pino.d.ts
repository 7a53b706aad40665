/// <reference types="node" />

import type { Writable } from "node:stream";
import type { Producer, ProducerOptions } from "./index.js";

declare namespace transport {
  /** The options of the transport and the stream, in addition to those of `connect`. */
  export interface LineOptions {
    /** The target of entries whose logger has neither a `module` nor a `name`; the `clientId` by default. */
    target?: string;
    /** The key of the message. By default it is the one that pino reports, or else `msg`. */
    messageKey?: string;
    /** The key of the level, which `formatters.level` may change; `level` by default, as in pino. */
    levelKey?: string;
  }

  export type TransportOptions = ProducerOptions & LineOptions;

  /** The options of a stream. If it is given a producer, its end flushes the producer and does not close it. */
  export type StreamOptions = TransportOptions | (LineOptions & { producer: Producer });

  export interface LogStream {
    readonly producer: Producer;
    /** By this pino recognizes a stream that is its only argument. */
    readonly writable: true;
    write(line: string): boolean;
    flush(callback?: (error?: Error) => void): void;
    /** Waits for delivery, and blocks for at most 200 ms. pino calls it at every `fatal`. */
    flushSync(): void;
    end(): void;
    /** Resolves when everything is delivered, or at the timeout. */
    close(): Promise<void>;
  }

  /** A stream for pino in the same thread, without a worker: `pino(options, stream())`. */
  export function stream(options?: StreamOptions): LogStream;

  const itself: typeof transport;
  export { itself as default };
}

/** pino's transport target: `pino({ transport: { target: 'logrtc/pino' } })`, with options `{ clientId: 'api' }` or none. */
declare function transport(options?: transport.TransportOptions): Writable;

export = transport;
