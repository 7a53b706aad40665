/// <reference types="node" />

import type { Writable } from "node:stream";
import type { Producer, ProducerOptions } from "./index.js";

declare namespace transport {
  /** What the transport and the stream take beside the options of `connect`. */
  export interface LineOptions {
    /** The target of entries that have neither `module` nor `name`; the `clientId` by default. */
    target?: string;
    /** Where the logger writes the message; by default where pino itself says, or else `msg`. */
    messageKey?: string;
    /** Where the logger writes the level, which `formatters.level` may change; `level` by default, as in pino. */
    levelKey?: string;
  }

  export type TransportOptions = ProducerOptions & LineOptions;

  /** The same with a producer that there is already: the end of the stream flushes it, and does not close it. */
  export type StreamOptions = TransportOptions | (LineOptions & { producer: Producer });

  export interface LogStream {
    readonly producer: Producer;
    /** By this pino knows a stream, where it is the only argument. */
    readonly writable: true;
    write(line: string): boolean;
    flush(callback?: (error?: Error) => void): void;
    /** Waits for delivery, and blocks for 200 ms at the most: pino calls it at every `fatal`. */
    flushSync(): void;
    end(): void;
    /** Resolves when everything is delivered, or the time for it is over. */
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
