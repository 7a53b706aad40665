/** What a producer of the extension sends, read from text. No I/O; nothing throws, whatever the text is. */

import { type Entry, isObject, parseEntry, parseJson } from "../entry";
import { type Fields, isRange, isSeq, numbersOf, parseBatchHeader } from "./header";

/** The first message of a channel that speaks the extension. */
export interface Welcome {
  readonly session: string;
  /** The oldest number that the producer holds. */
  readonly oldest: number;
  /** The first number that this consumer gets. */
  readonly from: number;
  /** The first number that does not exist yet. */
  readonly next: number;
  /** Whether the session is the one that was to be resumed. */
  readonly resumed: boolean;
}

/** One line of a batch: an entry with its number, or undefined in place of one that could not be read. */
export interface Line {
  readonly seq: number;
  readonly entry: Entry | undefined;
}

/** The numbers from `first` to `last`, those of `lines` among them; the others were left out by a filter. */
export interface Batch {
  readonly type: "batch";
  readonly first: number;
  readonly last: number;
  readonly lines: readonly Line[];
}

/** Why a producer sends nothing for some numbers. */
export type ProducerReason = "overflow" | "refused" | "oversize" | "unknown";

/** The counts of a producer, over all of its consumers. */
export interface Status {
  /** Entries that it took from its program. */
  readonly accepted: number;
  /** Entries that it refused, because its journal was full. */
  readonly refused: number;
  /** Entries that its own filter left out. */
  readonly filtered: number;
  /** The oldest number that it holds. */
  readonly oldest: number;
  /** The first number that does not exist yet. */
  readonly next: number;
  readonly consumers: number;
}

/** The answer to a request, by the request's id. */
export type Answer =
  | { readonly type: "filter"; readonly id: number; readonly first: number }
  | { readonly type: "fetched"; readonly id: number; readonly next: number; readonly missing: number }
  | { readonly type: "error"; readonly id: number | undefined; readonly message: string }
  | { readonly type: "pong"; readonly id: number };

export type Frame = Batch | Control;

/** A message of one line. */
export type Control =
  | { readonly type: "gap"; readonly first: number; readonly last: number; readonly reason: ProducerReason }
  /** The frame behind it answers the request `id`. */
  | { readonly type: "fetch"; readonly id: number }
  | { readonly type: "status"; readonly status: Status }
  | Answer
  /** Of a later version. */
  | { readonly type: "other" };

export function parseWelcome(text: string): Welcome | undefined {
  const value = parseJson(text);
  if (!isObject(value) || value.type !== "welcome" || value.version !== 1) {
    return undefined;
  }
  const { session, oldest, from, next, resumed } = value;
  return typeof session === "string" && isSeq(oldest) && isSeq(from) && isSeq(next)
    ? { session, oldest, from, next, resumed: resumed === true }
    : undefined;
}

/** Reads a message behind `welcome`; undefined if it is malformed. */
export function parseFrame(text: string): Frame | undefined {
  const end = text.indexOf("\n");
  const header = parseJson(end === -1 ? text : text.slice(0, end));
  if (!isObject(header)) {
    return undefined;
  }
  if (header.type === "batch") {
    return parseBatch(header, end === -1 ? "" : text.slice(end + 1));
  }
  return end === -1 ? parseControl(header) : undefined;
}

/** Reads a message that has no lines behind its header, and is no batch; undefined if it is malformed. */
export function parseControl(header: Fields): Control | undefined {
  const { type, id, first, next, missing, message } = header;
  switch (type) {
    case "gap":
      return isRange(header)
        ? { type, first: header.first, last: header.last, reason: reasonOf(header.reason) }
        : undefined;
    case "filter":
      return isSeq(id) && isSeq(first) ? { type, id, first } : undefined;
    case "fetch":
    case "pong":
      return isSeq(id) ? { type, id } : undefined;
    case "fetched":
      return isSeq(id) && isSeq(next) && isSeq(missing) ? { type, id, next, missing } : undefined;
    case "error":
      return { type, id: isSeq(id) ? id : undefined, message: String(message) };
    case "status":
      return parseStatus(header);
    default:
      return typeof type === "string" ? { type: "other" } : undefined;
  }
}

function parseBatch(fields: Fields, body: string): Batch | undefined {
  const texts = body === "" ? [] : body.replace(/\n$/, "").split("\n");
  const header = parseBatchHeader(fields);
  if (header?.count !== texts.length) {
    return undefined;
  }
  const numbers = numbersOf(header);
  const lines = texts.map((text) => ({ seq: numbers.next().value ?? header.last, entry: parseEntry(text) }));
  return { type: "batch", first: header.first, last: header.last, lines };
}

function reasonOf(reason: unknown): ProducerReason {
  return reason === "overflow" || reason === "refused" || reason === "oversize" ? reason : "unknown";
}

function parseStatus({ accepted, refused, filtered, oldest, next, consumers }: Fields): Control | undefined {
  return isSeq(accepted) &&
    isSeq(refused) &&
    isSeq(filtered) &&
    isSeq(oldest) &&
    isSeq(next) &&
    isSeq(consumers)
    ? { type: "status", status: { accepted, refused, filtered, oldest, next, consumers } }
    : undefined;
}
