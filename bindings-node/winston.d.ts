import Transport = require("winston-transport");
import type { Producer, ProducerOptions } from "./index.js";

type TransportOptions = Pick<
  Transport.TransportStreamOptions,
  "format" | "silent" | "handleExceptions" | "handleRejections"
>;

/** What the transport takes: winston's own options, and those of `connect` or a producer that there is already. */
export type LogrtcTransportOptions = TransportOptions & {
  /** The lowest level that is logged, by its name in winston; also in the logger's `levels`. */
  level?: string;
  /** The target of entries that have neither `module`, `label` nor `name`; `winston` by default. */
  target?: string;
} & (Omit<ProducerOptions, "level"> | { producer: Producer });

/** A transport of winston: `createLogger({ transports: [new LogrtcTransport({ clientId: 'api' })] })`. */
export class LogrtcTransport extends Transport {
  constructor(options?: LogrtcTransportOptions);
  readonly producer: Producer;
}
