import Transport = require("winston-transport");
import type { Producer, ProducerOptions } from "./index.js";

type TransportOptions = Pick<
  Transport.TransportStreamOptions,
  "format" | "silent" | "handleExceptions" | "handleRejections"
>;

/** The options of the transport: those of winston, and those of `connect` or a producer. */
export type LogrtcTransportOptions = TransportOptions & {
  /** The lowest level that is logged, by its name in the logger's `levels`. */
  level?: string;
  /** The target of entries whose logger has neither a `module`, a `label` nor a `name`; `winston` by default. */
  target?: string;
} & (Omit<ProducerOptions, "level"> | { producer: Producer });

/** A transport of winston: `createLogger({ transports: [new LogrtcTransport({ clientId: 'api' })] })`. */
export class LogrtcTransport extends Transport {
  constructor(options?: LogrtcTransportOptions);
  readonly producer: Producer;
}
