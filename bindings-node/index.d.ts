/// <reference lib="esnext.disposable" />
/// <reference types="node" />

import { EventEmitter } from "node:events";

/** How severe an entry is. Names are in any case. */
export type Level = "debug" | "info" | "warn" | "error" | "DEBUG" | "INFO" | "WARN" | "ERROR";

/**
 * A level, or a name of another logging system (`trace`, `notice`, `fatal`, …). Such a name becomes the nearest level and is kept
 * in `fields.level_name`, unless the fields have a `level_name`. A log call takes an unknown name as INFO.
 */
export type LevelName = Level | (string & {});

/**
 * The structured fields of an entry: anything. A value that JSON does not have is converted: a cycle to `[Circular]`, a BigInt
 * to its digits, a function to its name, an error to its type, message and stack. Converting never throws.
 */
export type Fields = object;

/** The message of an entry. An error is logged with its message, and as the field `err` with its type and stack. */
export type Message = string | Error;

/** The place of an entry in a distributed trace. */
export interface Span {
  id?: string | null;
  trace_id?: string | null;
  parent_id?: string | null;
}

/** A whole entry. */
export interface Entry {
  /** An ISO 8601 text or a date. */
  timestamp: string | Date;
  level: LevelName;
  /** The module that the entry comes from. */
  target: string;
  message: string;
  fields?: Fields | null;
  span?: Span | null;
}

/** A STUN server by its URL, or a TURN server with its user and password. */
export type IceServer = string | { url: string; username: string; credential: string };

/**
 * The options of `connect`. The environment variables `LOGRTC_URL`, `LOGRTC_CLIENT_ID`, `LOGRTC_LEVEL`, `LOGRTC_TOKEN`,
 * `LOGRTC_SECRET`, `LOGRTC_DISABLED`, `LOGRTC_ICE_SERVERS`, `LOGRTC_INTERFACES`, `LOGRTC_UDP_PORTS`,
 * `LOGRTC_ANNOUNCED_ADDRESS` and `LOGRTC_RELAY_ONLY` override them.
 */
export interface ProducerOptions {
  /**
   * The name under which the producer registers, of 1 to 128 bytes. By default it is the name of the program: the name of its
   * file without the extension; the name in the closest `package.json`, or of the folder, if that is `index`, `main`, `server` or
   * `app`; `node` in the REPL and for `node -e`.
   */
  clientId?: string;
  /** The URL of the signaling server, `ws://` or `wss://`; `ws://localhost:8080/signaling` by default. */
  url?: string;
  /** The name of the system, for people; the `clientId` by default. */
  systemName?: string;
  /** The version of the system; `0.0.0` by default. */
  version?: string;
  /** What the system is, for people; none by default. */
  description?: string;
  /** A bearer token for the signaling server; none by default. */
  token?: string;
  /**
   * A secret that the program shares with its readers and not with the signaling server; none by default.
   *
   * The two prove to each other that no server stands between them. A consumer that does not prove it gets no entry. The
   * secret must be random: 32 to 256 hexadecimal digits, as `randomBytes(16).toString("hex")` makes them, or 22 to 256
   * characters of base64url.
   */
  secret?: string;
  /** A file of certificates (PEM) that are trusted for `wss://`, beside the system's own; none by default. */
  caFile?: string;
  /** The lowest level that is logged, for every target; `debug` by default. */
  level?: LevelName;
  /** The levels that are logged, by target: `info,app.db=debug`. Overrides `level`. */
  filter?: string;
  /** How many entries the journal holds; 65 536 by default. */
  maxEntries?: number;
  /** How many bytes the journal holds; 16 MiB by default. */
  maxBytes?: number;
  /** The longest entry, in bytes; 64 KiB by default and at most. A longer one is truncated. */
  maxEntryBytes?: number;
  /**
   * The policy for a full journal. `drop_oldest`, the default, drops the oldest entry. `drop_newest` refuses the new entry if a
   * connected consumer has not read the oldest. `block` has the log call wait for that, at most `blockTimeoutMs`.
   */
  overflow?: "drop_oldest" | "drop_newest" | "block";
  /** How long a log call may wait for room, in milliseconds. Required for `overflow: "block"`, and only for it. */
  blockTimeoutMs?: number;
  /** The first entry of a new consumer: the oldest that is held (`all`, the default), the next one, or the newest so many. */
  replay?: "all" | "none" | number;
  /** How long to wait between attempts to reach the signaling server; 5000 by default. */
  reconnectIntervalMs?: number;
  /** The longest interval: it doubles with each failure up to this. By default it does not grow. */
  maxReconnectIntervalMs?: number;
  /** Jitter, 0 to 1: each interval is shortened by a random fraction of at most this; 0 by default. */
  reconnectJitter?: number;
  /**
   * After how many failed attempts in a row, the first one included, the producer gives up: at least 1, or -1 or Infinity, the
   * default, for never. An attempt also fails if its connection ends within 30 s.
   */
  maxReconnectAttempts?: number;
  /**
   * STUN and TURN servers, used beside those of the signaling server. By default those of the signaling server, or
   * `stun:stun.l.google.com:19302` if it names none. `[]` uses none at all, which is enough within one network.
   */
  iceServers?: readonly IceServer[];
  /**
   * The network interfaces over which consumers connect, by name (`eth0`) or by address (`192.0.2.1`). By default, it is every one
   * but loopback, and loopback if the signaling server is on this host or there is no other. One that this host does not have is
   * skipped, and a process warning names it once. If the host has none of them, only consumers on this host connect.
   */
  interfaces?: readonly string[];
  /**
   * The UDP ports over which consumers connect, the first and the last; any free port by default. Each consumer takes one port of
   * each local address. If none is free, a process warning says so once.
   */
  udpPorts?: readonly [first: number, last: number];
  /** The IP address by which consumers reach this host behind a port forwarding, which keeps the `udpPorts`; none by default. */
  announcedAddress?: string;
  /** Whether consumers connect through a TURN server alone, so that they do not learn this host's addresses; false by default. */
  relayOnly?: boolean;
  /** How many consumers there may be at once; 64 by default. */
  maxConsumers?: number;
  /** How long `close` and the end of the process wait for delivery, in milliseconds, at most a day; 2000 by default. */
  closeTimeoutMs?: number;
  /** Makes the producer do nothing: it has no thread, no socket and no entries. */
  disabled?: boolean;
  /** Whether the environment variables override these options; true by default. */
  environment?: boolean;
}

/** The state of the connection to the signaling server. Open channels do not depend on it. */
export type State = "connecting" | "registered" | "reconnecting" | "abandoned" | "closed" | "disabled";

/** The number of entries for one consumer, by what became of them: `accepted = delivered + waiting + dropped + filtered`, always. */
export interface Counts {
  accepted: number;
  delivered: number;
  waiting: number;
  dropped: number;
  droppedBy: { overflow: number; refused: number; oversize: number; disconnected: number };
  filtered: number;
}

/** A consumer connected, disconnected, or was refused because of `maxConsumers`. */
export type ConsumerEvent =
  | { type: "connected"; consumerId: string }
  | { type: "disconnected"; consumerId: string; reason: EndReason; counts: Counts }
  | { type: "refused"; consumerId: string };

/** Why a consumer's connection ended. */
export type EndReason =
  | "closed_by_consumer"
  | "left"
  | "replaced"
  | "open_timeout"
  | "stalled"
  | "path_lost"
  | "failed"
  | "flooded"
  | "proof_refused"
  | "producer_closed";

export interface ConsumerStats {
  consumerId: string;
  counts: Counts;
  sentBytes: number;
  /** Bytes handed to its channel and not yet acknowledged, now. */
  bufferedAmount: number;
  /** How many bytes may be in flight to it, now. */
  windowBytes: number;
}

export interface Stats {
  /** Entries that entered the journal. */
  accepted: number;
  /** Entries that the level or the filter excluded. */
  filtered: number;
  /** Entries that the overflow policy refused. */
  refused: number;
  /** Entries that were logged after `close`. */
  afterClose: number;
  /** Entries in the journal, now. */
  retainedEntries: number;
  /** Bytes that the journal takes, now. */
  retainedBytes: number;
  registrations: number;
  unknownMessages: number;
  malformedMessages: number;
  consumersOpened: number;
  consumersFailed: number;
  consumersRefused: number;
  answersRefused: number;
  /** Answers that had no right proof of the secret. */
  proofsRefused: number;
  candidatesRefused: number;
  /** Messages of consumers that could not be read, or were too long or too many. */
  ignoredMessages: number;
  openSockets: number;
  runningTasks: number;
  /** Consumers with an open channel, now. */
  consumers: ConsumerStats[];
}

/**
 * The events of a producer, and the arguments of their listeners. At most 256 events wait for a busy program; later ones are
 * dropped. `state` and `stats()` are always current.
 */
export interface ProducerEvents {
  /** The state changed. */
  state: [state: State];
  /** The channel to a consumer opened or ended, or the consumer was refused. */
  consumer: [event: ConsumerEvent];
  /** The signaling server reported an error, or could not be reached. */
  serverError: [message: string];
}

/** The options of `close` and `flushSync`. */
export interface TimeoutOptions {
  /** How long to wait at most, in milliseconds; `closeTimeoutMs` by default. */
  timeoutMs?: number;
}

/** The options of `flush`. */
export interface WaitOptions extends TimeoutOptions {
  /** Ends the wait: the promise then rejects with the reason of the signal. */
  signal?: AbortSignal;
}

/** The options of `waitForConsumer`. */
export interface ConsumerWaitOptions {
  /** How long to wait at most, in milliseconds; no limit by default. */
  timeoutMs?: number;
  /** Ends the wait: the promise then rejects with the reason of the signal. */
  signal?: AbortSignal;
}

export type ErrorCode =
  | "LOGRTC_INVALID_ARGUMENT"
  | "LOGRTC_CLOSED"
  | "LOGRTC_TIMEOUT"
  | "LOGRTC_INTERNAL";

/** The error of every call. Its message names the wrong value and says what is right. */
export class LogrtcError extends Error {
  private constructor();
  readonly code: ErrorCode;
  /** How many entries the slowest consumer has not acknowledged, if the code is `LOGRTC_TIMEOUT`. */
  readonly pending?: number;
  /** What the system or a library reported, if there is such a cause: its `code` is `ENOENT` if a file does not exist. */
  readonly cause?: Error;
}

/** A log for one target, with fields that all of its entries have. Made by `producer.logger` and `producer.child`. */
export interface Logger {
  readonly target: string;
  debug(message: Message, fields?: Fields | null, span?: Span | null): void;
  info(message: Message, fields?: Fields | null, span?: Span | null): void;
  warn(message: Message, fields?: Fields | null, span?: Span | null): void;
  error(message: Message, fields?: Fields | null, span?: Span | null): void;
  log(level: LevelName, message: Message, fields?: Fields | null, span?: Span | null): void;
  /** Whether an entry of this level would be logged. */
  enabled(level: LevelName): boolean;
  /** Returns a logger for another target, with the same fields. */
  logger(target: string): Logger;
  /** Returns a logger for the same target, with more fields. The fields of a call override them by key. */
  child(fields: Fields): Logger;
}

/**
 * Streams a log to every consumer. Made by `connect`; it is an `EventEmitter` of `ProducerEvents`.
 *
 * It does not keep the process alive; a pending `flush`, `close` or `waitForConsumer` does. The end of the process closes it,
 * within `closeTimeoutMs`, also after `process.exit()` and an uncaught exception. So entries of a short program reach an open
 * page. SIGTERM and SIGINT with their default action end the process at once: undelivered entries are lost. A worker that is
 * terminated has 200 ms.
 *
 * It stays open if the program keeps no reference to it. In a sandbox with a `process` of its own, such as a test file of Jest, it
 * closes when the sandbox is garbage-collected.
 *
 * If the signaling server cannot be reached, `process.emitWarning` gets one `LogrtcWarning` with the code `LOGRTC_SIGNALING`, and
 * another one when it is connected again. `NODE_NO_WARNINGS=1` silences them; `LOGRTC_DIAGNOSTICS=1` prints more.
 *
 * A log call never waits for the network and never throws, whatever its arguments are: it logs what it can make of them.
 * A single argument is the message, and the target is the `clientId`. An error as the message is logged with its message, and as
 * the field `err`. A span that cannot be read is kept in `fields.invalid_span`.
 */
export class Producer extends EventEmitter implements AsyncDisposable {
  private constructor();

  debug(message: Message): void;
  debug(target: string, message: Message, fields?: Fields | null, span?: Span | null): void;
  info(message: Message): void;
  info(target: string, message: Message, fields?: Fields | null, span?: Span | null): void;
  warn(message: Message): void;
  warn(target: string, message: Message, fields?: Fields | null, span?: Span | null): void;
  error(message: Message): void;
  error(target: string, message: Message, fields?: Fields | null, span?: Span | null): void;
  log(level: LevelName, message: Message): void;
  log(level: LevelName, target: string, message: Message, fields?: Fields | null, span?: Span | null): void;

  /** Returns a logger for one target; for the `clientId` by default. */
  logger(target?: string): Logger;

  /** Returns a logger for the target `clientId` whose entries all have these fields. */
  child(fields: Fields): Logger;

  /** Logs a whole entry. Throws `LOGRTC_INVALID_ARGUMENT` if a key is missing, unknown or wrong. */
  send(entry: Entry): void;

  /** Whether an entry of this level and target would be logged. */
  enabled(level: LevelName, target?: string): boolean;

  /** Sets the level of every target that the filter does not name. Has no effect after `close`. */
  setLevel(level: LevelName): void;

  /** Sets the levels that are logged, by target: `info,app.db=debug`. Has no effect after `close`. */
  setFilter(filter: string): void;

  /**
   * Resolves when every connected consumer has acknowledged everything that was logged before the call; at once if none is
   * connected. Rejects with `LOGRTC_TIMEOUT`, with `LOGRTC_CLOSED`, or with the reason of the signal.
   */
  flush(options?: WaitOptions): Promise<void>;

  /** Like `flush`, but blocks and throws. */
  flushSync(options?: TimeoutOptions): void;

  /**
   * Resolves with true once the channel to a consumer is open; with false at the timeout, and if the producer is closed or
   * disabled. Keeps the process alive meanwhile. Rejects with the reason of the signal.
   */
  waitForConsumer(options?: ConsumerWaitOptions): Promise<boolean>;

  /**
   * Delivers what is logged, and closes every connection. It waits until every consumer that is connected or announced has everything,
   * and until the first registration if that is under way: entries of a short program reach a page that is open. It does not wait
   * if the server cannot be reached or has no consumers. A server other than `logrtc serve` does not say how many it has; 250 ms
   * without an announcement mean that there are none.
   *
   * Later log calls are counted and do nothing; closing again waits for the same end. Rejects with `LOGRTC_TIMEOUT` if a consumer
   * did not receive everything: the producer is closed all the same.
   */
  close(options?: TimeoutOptions): Promise<void>;

  /** Closes. A timeout is no error here. */
  [Symbol.asyncDispose](): Promise<void>;

  /** The name under which the producer registers. */
  readonly clientId: string;

  /** The URL of the signaling server, without user and password. */
  readonly url: string;

  readonly state: State;

  /** Why the signaling server cannot be reached, or the last error that it sent; null once the producer is registered. */
  readonly lastError: string | null;

  /** The counts since `connect`. */
  stats(): Stats;

  toJSON(): { clientId: string; url: string; state: State };

  on<E extends keyof ProducerEvents>(event: E, listener: (...values: ProducerEvents[E]) => void): this;
  once<E extends keyof ProducerEvents>(event: E, listener: (...values: ProducerEvents[E]) => void): this;
  off<E extends keyof ProducerEvents>(event: E, listener: (...values: ProducerEvents[E]) => void): this;
  addListener<E extends keyof ProducerEvents>(event: E, listener: (...values: ProducerEvents[E]) => void): this;
  removeListener<E extends keyof ProducerEvents>(event: E, listener: (...values: ProducerEvents[E]) => void): this;
  removeAllListeners(event?: keyof ProducerEvents): this;
  listenerCount(event: keyof ProducerEvents): number;
}

/**
 * Starts a producer, and returns at once. The producer connects, registers and reconnects by itself; `state` and a warning report
 * failures. Entries that are logged before a consumer connects wait in the journal.
 *
 * Throws `LOGRTC_INVALID_ARGUMENT` if an option is wrong.
 */
export function connect(options?: ProducerOptions): Producer;

export { serve, type Server, type ServeOptions } from "./viewer.js";
