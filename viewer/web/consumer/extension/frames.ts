/** What a producer of the extension sends, read from text. No I/O; nothing throws, whatever the text is. */

import { type Entry, isObject, parseEntry, parseJson } from "../entry";

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

export type Frame =
  | Batch
  | { readonly type: "gap"; readonly first: number; readonly last: number; readonly reason: ProducerReason }
  /** The frame behind it answers the request `id`. */
  | { readonly type: "fetch"; readonly id: number }
  | { readonly type: "status"; readonly status: Status }
  | Answer
  /** Of a later version. */
  | { readonly type: "other" };

type Fields = Readonly<Record<string, unknown>>;

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

function parseControl(header: Fields): Frame | undefined {
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

function parseBatch(header: Fields, body: string): Batch | undefined {
  const texts = body === "" ? [] : body.replace(/\n$/, "").split("\n");
  const holes = parseHoles(header.holes);
  if (!isRange(header) || texts.length !== header.count || holes === undefined) {
    return undefined;
  }
  const { first, last } = header;
  const lines: Line[] = [];
  let seq = first;
  let hole = 0;
  for (const [index, text] of texts.entries()) {
    for (let next = holes[hole]; next?.[0] === index; next = holes[hole]) {
      seq += next[1];
      hole += 1;
    }
    lines.push({ seq, entry: parseEntry(text) });
    seq += 1;
  }
  // A hole behind the last line is told by `last`, and may be told by a hole too.
  const isRight = seq <= last + 1 && holes.slice(hole).every(([index]) => index === texts.length);
  return isRight ? { type: "batch", first, last, lines } : undefined;
}

/** `[[index, skipped], …]`, by index: before line `index`, `skipped` numbers were left out. */
function parseHoles(value: unknown): readonly (readonly [number, number])[] | undefined {
  if (value === undefined) {
    return [];
  }
  const isHole = (hole: unknown): hole is [number, number] =>
    Array.isArray(hole) && hole.length === 2 && isSeq(hole[0]) && isSeq(hole[1]);
  return Array.isArray(value) && value.every(isHole) ? value : undefined;
}

function reasonOf(reason: unknown): ProducerReason {
  return reason === "overflow" || reason === "refused" || reason === "oversize" ? reason : "unknown";
}

function parseStatus({ accepted, refused, filtered, oldest, next, consumers }: Fields): Frame | undefined {
  return isSeq(accepted) &&
    isSeq(refused) &&
    isSeq(filtered) &&
    isSeq(oldest) &&
    isSeq(next) &&
    isSeq(consumers)
    ? { type: "status", status: { accepted, refused, filtered, oldest, next, consumers } }
    : undefined;
}

function isRange(value: Fields): value is Fields & { readonly first: number; readonly last: number } {
  return isSeq(value.first) && isSeq(value.last) && value.first <= value.last;
}

/** A number that JSON and JavaScript agree on. */
function isSeq(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
