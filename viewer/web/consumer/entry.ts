/** A log entry, read from what a data channel brings. Everything here was written by somebody else: nothing throws. */

/** The four levels of the protocol. */
export type Level = "ERROR" | "WARN" | "INFO" | "DEBUG";

/** Where an entry stands in a distributed trace. */
export interface Span {
  readonly id?: unknown;
  readonly trace_id?: unknown;
  readonly parent_id?: unknown;
}

/** A log entry as it was sent, with keys that the protocol does not know left in place. */
export interface Entry {
  /** ISO 8601. Only known to be text. */
  readonly timestamp: string;
  /** As written; `levelOf` reads it. */
  readonly level: string;
  readonly target: string;
  readonly message: string;
  readonly fields?: Readonly<Record<string, unknown>> | null;
  readonly span?: Span | null;
}

/** What one message of a data channel held. */
export interface Decoded {
  readonly entries: readonly Entry[];
  /** Entries that were there but could not be read. */
  readonly malformed: number;
}

const MALFORMED: Decoded = { entries: [], malformed: 1 };

/** Turns one message of a data channel into entries: one text message, one entry. */
export function decodeMessage(data: unknown): Decoded {
  if (typeof data !== "string") {
    return MALFORMED;
  }
  const entry = parseEntry(data);
  return entry === undefined ? MALFORMED : { entries: [entry], malformed: 0 };
}

/** Reads an entry; undefined where a required key is missing or any key has another type than the protocol's. */
export function parseEntry(text: string): Entry | undefined {
  const value = parseJson(text);
  return isEntry(value) ? value : undefined;
}

/** The level of the four that a producer's level means: richer systems have more, and other names. */
export function levelOf(entry: Entry): Level {
  switch (entry.level.toUpperCase()) {
    case "ERROR":
    case "FATAL":
    case "CRITICAL":
    case "ALERT":
    case "EMERGENCY":
      return "ERROR";
    case "WARN":
    case "WARNING":
      return "WARN";
    case "DEBUG":
    case "TRACE":
      return "DEBUG";
    default:
      return "INFO";
  }
}

/** JSON, or undefined. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isEntry(value: unknown): value is Entry {
  return (
    isObject(value) &&
    typeof value.timestamp === "string" &&
    typeof value.level === "string" &&
    typeof value.target === "string" &&
    typeof value.message === "string" &&
    isAbsentOrObject(value.fields) &&
    isAbsentOrObject(value.span)
  );
}

function isAbsentOrObject(value: unknown): boolean {
  return value === undefined || value === null || isObject(value);
}
