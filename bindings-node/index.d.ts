/// <reference lib="esnext.disposable" />
/// <reference types="node" />

import { EventEmitter } from "node:events";

/** How severe an entry is, in any case. Names of richer systems (`trace`, `fatal`, `notice`, …) are taken, too. */
export type Level = "debug" | "info" | "warn" | "error" | "DEBUG" | "INFO" | "WARN" | "ERROR";

/**
 * The same, with the names of richer systems: they become one of the four, and stay in `fields.level_name`, where the fields
 * have none of their own.
 */
export type LevelName = Level | (string & {});

/**
 * The structured fields of an entry: anything. What JSON does not have is encoded as well as can be, and never throws: a
 * cycle is `[Circular]`, a BigInt its digits, a function its name, an error its type, message and stack.
 */
export type Fields = object;

/** Where an entry stands in a distributed trace. */
export interface Span {
  id?: string | null;
  trace_id?: string | null;
  parent_id?: string | null;
}

/** A whole entry. */
export interface Entry {
  /** ISO 8601, as a text or a date. */
  timestamp: string | Date;
  level: LevelName;
  /** The module that it comes from. */
  target: string;
  message: string;
  fields?: Fields | null;
  span?: Span | null;
}

/** A STUN server as its address, or a TURN server with its user and password. */
export type IceServer = string | { url: string; username: string; credential: string };

/** What `connect` takes. `LOGRTC_URL`, `LOGRTC_CLIENT_ID`, `LOGRTC_LEVEL`, `LOGRTC_TOKEN` and `LOGRTC_DISABLED` win over it. */
export interface ProducerOptions {
  /**
   * The name under which the producer registers, of 1 to 128 bytes. By default it is the name of the program: the name of its
   * file without the extension; the name in the closest `package.json`, or of the folder, if that is `index`, `main`, `server` or
   * `app`; `node` in the REPL and for `node -e`.
   */
  clientId?: string;
  /** The address of the signaling server, `ws://` or `wss://`; `ws://localhost:8080/signaling` by default. */
  url?: string;
  /** The name of the system, for people; the `clientId` by default. */
  systemName?: string;
  /** The version of the system; `0.0.0` by default. */
  version?: string;
  /** What the system is, for people; none by default. */
  description?: string;
  /** A bearer token for the signaling server; none by default. */
  token?: string;
  /** A file of certificates (PEM) that are trusted for `wss://`, beside the system's own; none by default. */
  caFile?: string;
  /** The lowest level that is logged, of every target; `debug` by default. */
  level?: LevelName;
  /** What is logged, by level and target: `info,app.db=debug`. Wins over `level`. */
  filter?: string;
  /** How many entries the journal holds; 65 536 by default. */
  maxEntries?: number;
  /** How many bytes the journal holds; 16 MiB by default. */
  maxBytes?: number;
  /** How long an entry may be, in bytes; 64 KiB by default, which is also the most. A longer message is cut. */
  maxEntryBytes?: number;
  /**
   * What happens when the journal is full: the oldest entry goes (`drop_oldest`, the default), the new one is refused
   * while a consumer has yet to read the oldest (`drop_newest`), or the call waits for that, so long at the most.
   */
  overflow?: "drop_oldest" | "drop_newest" | { blockMs: number };
  /** Where a new consumer begins: with all that is held (the default), with what comes next, or with the newest so many. */
  replay?: "all" | "none" | number;
  /** How long to wait between attempts to reach the signaling server; 5000 by default. */
  reconnectIntervalMs?: number;
  /** What the interval grows to, doubling with each failure; no growth by default. */
  maxReconnectIntervalMs?: number;
  /** The part of an interval, from 0 to 1, that chance takes away; 0 by default. */
  reconnectJitter?: number;
  /**
   * How many failed attempts in a row, the first one included, end the search for the signaling server: at least 1; or -1 or
   * Infinity, the default, for no end. An attempt fails, too, if its connection ends within 30 s.
   */
  maxReconnectAttempts?: number;
  /** The STUN and TURN servers; `stun:stun.l.google.com:19302` by default. None at all is right within one network. */
  iceServers?: readonly IceServer[];
  /**
   * The network interfaces over which consumers connect, by name (`eth0`) or by address (`192.0.2.1`). By default, it is every one
   * but loopback, and loopback if the signaling server is on this host or there is no other. One that this host does not have is
   * skipped, and a process warning names it once. If the host has none of them, only consumers on this host connect.
   */
  interfaces?: readonly string[];
  /** How many consumers there may be at once; 64 by default. */
  maxConsumers?: number;
  /** How long the end waits for delivery, a day at the most; 2000 by default. */
  closeTimeoutMs?: number;
  /** Makes the producer do nothing: no thread, no socket, no entry. */
  disabled?: boolean;
  /** Whether the variables `LOGRTC_…` win over these options; true by default. */
  environment?: boolean;
}

/** Where a producer stands with its signaling server. Open channels do not depend on it. */
export type State = "connecting" | "registered" | "reconnecting" | "abandoned" | "closed" | "disabled";

/** What became of every entry for one consumer: `accepted = delivered + waiting + dropped + filtered`, always. */
export interface Counts {
  accepted: number;
  delivered: number;
  waiting: number;
  dropped: number;
  droppedBy: { overflow: number; refused: number; oversize: number; disconnected: number };
  filtered: number;
}

/** What happens with a consumer. */
export type ConsumerEvent =
  | { type: "connected"; consumerId: string }
  | { type: "disconnected"; consumerId: string; reason: EndReason; counts: Counts }
  | { type: "refused"; consumerId: string };

/** Why a consumer's connection ended. */
export type EndReason =
  | "closedByConsumer"
  | "left"
  | "replaced"
  | "openTimeout"
  | "stalled"
  | "pathLost"
  | "failed"
  | "producerClosed";

export interface ConsumerStats {
  consumerId: string;
  counts: Counts;
  sentBytes: number;
  /** Bytes handed to its channel and not yet acknowledged, now. */
  bufferedAmount: number;
  /** How many bytes may be on the way to it, now. */
  windowBytes: number;
}

export interface Stats {
  /** Entries that entered the journal. */
  accepted: number;
  /** Entries that the level and the filter left out. */
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
  candidatesRefused: number;
  /** Messages of consumers that could not be read, or were too long or too many. */
  ignoredMessages: number;
  openSockets: number;
  runningTasks: number;
  /** Consumers with an open channel, now. */
  consumers: ConsumerStats[];
}

/**
 * The events of a producer, with what their listeners get. Up to 256 wait for a program that is busy; later ones are lost to
 * it, while `state` and `stats()` always say how things are.
 */
export interface ProducerEvents {
  /** The state is now another one. */
  state: [state: State];
  /** A consumer's channel opened or ended, or it was refused. */
  consumer: [event: ConsumerEvent];
  /** The signaling server said that something is wrong, or could not be reached. */
  serverError: [message: string];
}

export interface WaitOptions {
  /** How long to wait at most, in milliseconds; `closeTimeoutMs` by default. */
  timeoutMs?: number;
}

export interface ConsumerWaitOptions {
  /** How long to wait at most, in milliseconds; no limit by default. */
  timeoutMs?: number;
}

export type ErrorCode =
  | "LOGRTC_INVALID_ARGUMENT"
  | "LOGRTC_CLOSED"
  | "LOGRTC_TIMEOUT"
  | "LOGRTC_INTERNAL";

/** What is thrown, and what promises reject with. The message says which value was wrong, and what is right. */
export class LogrtcError extends Error {
  private constructor();
  readonly code: ErrorCode;
  /** How many entries the slowest consumer still waits for, where the code is `LOGRTC_TIMEOUT`. */
  readonly pending?: number;
}

/**
 * Streams a log to every consumer that comes. Made by `connect`; it is an `EventEmitter` of `ProducerEvents`.
 *
 * It never keeps the process alive; a pending `flush`, `close` or `waitForConsumer` does. The end of the process (also by
 * `process.exit()` and after an uncaught exception) closes it, within `closeTimeoutMs`: the entries of a program that ends at
 * once reach a page that is open. A signal that ends the process by default, SIGTERM or SIGINT, ends it at once: undelivered
 * entries are lost. A worker that is terminated has 200 ms.
 *
 * It stays open if the program does not keep it. A producer in a sandbox with a `process` of its own, such as a test file of
 * Jest, closes after the sandbox is garbage.
 *
 * If the signaling server cannot be reached, `process.emitWarning` gets one `LogrtcWarning` with the code `LOGRTC_SIGNALING`, and
 * one more when it is connected again. `NODE_NO_WARNINGS=1` silences them; `LOGRTC_DIAGNOSTICS=1` prints more.
 *
 * A log call never waits on the network and throws nothing but `LOGRTC_INVALID_ARGUMENT`: for a target or a message that is
 * no string, an unknown level, a wrong span.
 */
export class Producer extends EventEmitter implements AsyncDisposable {
  private constructor();

  debug(target: string, message: string, fields?: Fields | null, span?: Span | null): void;
  info(target: string, message: string, fields?: Fields | null, span?: Span | null): void;
  warn(target: string, message: string, fields?: Fields | null, span?: Span | null): void;
  error(target: string, message: string, fields?: Fields | null, span?: Span | null): void;
  log(level: LevelName, target: string, message: string, fields?: Fields | null, span?: Span | null): void;

  /** Logs a whole entry, checked key by key. */
  send(entry: Entry): void;

  /** Whether an entry of this level and target would be logged. */
  enabled(level: LevelName, target: string): boolean;

  /** Sets the level of every target that the filter does not name. Does nothing after `close`. */
  setLevel(level: LevelName): void;

  /** Sets what is logged, by level and target: `info,app.db=debug`. Does nothing after `close`. */
  setFilter(filter: string): void;

  /**
   * Resolves when every connected consumer has acknowledged everything that was accepted before the call, and at once where
   * none is connected. Rejects with `LOGRTC_TIMEOUT`, whose `pending` says how many entries the slowest still waits for, and
   * with `LOGRTC_CLOSED`.
   */
  flush(options?: WaitOptions): Promise<void>;

  /** The same, and blocks. */
  flushSync(timeoutMs?: number): void;

  /**
   * Resolves with true once the channel to a consumer is open; with false at the timeout, and if the producer is closed or
   * disabled. It keeps the process alive meanwhile.
   */
  waitForConsumer(options?: ConsumerWaitOptions): Promise<boolean>;

  /**
   * Delivers what is logged, and ends everything. It waits until every consumer that is connected or announced has everything,
   * and until the first registration if that is under way: entries of a short program reach a page that is open. It does not wait
   * if the server cannot be reached or has no consumers. A server other than `logrtc serve` does not say how many it has; 250 ms
   * without an announcement mean that there are none.
   *
   * Later log calls are counted and do nothing; closing again waits for the same end. Rejects with `LOGRTC_TIMEOUT` if a consumer
   * did not receive everything: the producer is closed all the same.
   */
  close(options?: WaitOptions): Promise<void>;

  /** Closes; that a consumer did not get everything in time is no error here. */
  [Symbol.asyncDispose](): Promise<void>;

  readonly state: State;

  /** Why the signaling server cannot be reached, or its last complaint; null once it takes the producer. */
  readonly lastError: string | null;

  /** What has happened so far. */
  stats(): Stats;

  on<E extends keyof ProducerEvents>(event: E, listener: (...values: ProducerEvents[E]) => void): this;
  once<E extends keyof ProducerEvents>(event: E, listener: (...values: ProducerEvents[E]) => void): this;
  off<E extends keyof ProducerEvents>(event: E, listener: (...values: ProducerEvents[E]) => void): this;
  addListener<E extends keyof ProducerEvents>(event: E, listener: (...values: ProducerEvents[E]) => void): this;
  removeListener<E extends keyof ProducerEvents>(event: E, listener: (...values: ProducerEvents[E]) => void): this;
  removeAllListeners(event?: keyof ProducerEvents): this;
  listenerCount(event: keyof ProducerEvents): number;
}

/**
 * Starts a producer, and returns at once: it connects, registers and reconnects by itself, and trouble with that shows in
 * its state. What is logged before a consumer comes waits in the journal.
 *
 * Throws `LOGRTC_INVALID_ARGUMENT` where an option is wrong.
 */
export function connect(options?: ProducerOptions): Producer;

export { serve, type Server, type ServeOptions } from "./viewer.js";
