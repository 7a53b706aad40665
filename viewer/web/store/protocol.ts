/**
 * What the page and its worker say to each other. The worker holds every entry; the page asks for what is in sight, and for
 * sums. Everything here can be cloned. Times are milliseconds since 1970, UTC.
 */

import type { GapReason } from "../consumer/extension/account";
import type { QueryError } from "./query/syntax";

/**
 * An item of the log, for as long as the page lives: an entry, a gap or a mark. It holds the number of its block times
 * `BLOCK_STRIDE`, plus its index in that block: later blocks have greater ids, and one that takes in small parts is open for a
 * while.
 */
export type ItemId = number;

/** No block has more entries. */
export const BLOCK_STRIDE = 65_536;

/** The id of a file's producer begins with it. */
export const FILE_PREFIX = "file:";

/** The four levels of the protocol by number, and a line that is no entry. */
export const LEVELS = ["DEBUG", "INFO", "WARN", "ERROR"] as const;
export type LevelCode = 0 | 1 | 2 | 3;
export const MALFORMED = 4;

/** What the list shows of the log. */
export interface View {
  /** In the language of `query/syntax.ts`; empty for everything. */
  readonly query: string;
  /** Ids of producers whose entries are left out. */
  readonly muted: readonly string[];
  /** Entries from `fromMs` to before `toMs`. */
  readonly range: { readonly fromMs: number; readonly toMs: number } | undefined;
  /** Names of fields that the list shows as columns. */
  readonly columns: readonly string[];
}

/** Where a window of the list lies. Rows are counted from 0, the oldest that is held and passes the view. */
export type Anchor =
  /** The last rows. */
  | { readonly kind: "end" }
  /** The row at this position is the first. */
  | { readonly kind: "position"; readonly position: number }
  /**
   * The first row is this item, or the one `offset` rows behind it; where the view does not pass the item, the first behind
   * it that it passes.
   */
  | { readonly kind: "item"; readonly id: ItemId; readonly offset: number }
  /** The first row is the first entry from this time to before `untilMs`: one whose clock is wrong is not meant. */
  | { readonly kind: "time"; readonly ms: number; readonly untilMs: number };

export interface EntryRow {
  readonly kind: "entry";
  readonly id: ItemId;
  /** The id of the producer. */
  readonly producer: string;
  /** Its number in its producer's session, where it has one. */
  readonly seq: number | undefined;
  /** `NaN` where the timestamp is none. */
  readonly timeMs: number;
  readonly arrivalMs: number;
  /** `MALFORMED` for a line that is no entry, whose text is `message`. */
  readonly level: LevelCode | typeof MALFORMED;
  /** As it was written, or `fields.level_name`, as "TRACE". */
  readonly levelName: string;
  readonly target: string;
  /** At most `MAX_ROW_TEXT` characters, as it was sent: line ends, control characters and ANSI codes are in it. */
  readonly message: string;
  /** The fields but `code.*`, as `name=value name=value`; at most `MAX_ROW_TEXT` characters. */
  readonly fields: string;
  /** The values of `View.columns`, as text; an absent one is undefined. */
  readonly columns: readonly (string | undefined)[];
  readonly traceId: string | undefined;
  /** Brought back by a fetch. */
  readonly isFetched: boolean;
}

/** Entries that are missing: one gap, or several of one kind between which the view passes nothing. */
export interface GapRow {
  readonly kind: "gap";
  readonly id: ItemId;
  readonly producer: string;
  /** Of the numbers, where the producer numbers. */
  readonly session: string | undefined;
  /** The first and the last number that is missing. */
  readonly first: number;
  readonly last: number;
  /** How many numbers are missing between these. */
  readonly missing: number;
  readonly reason: GapReason;
  readonly arrivalMs: number;
}

/** "Live from here": what stands above was logged before the page had a channel. */
export interface MarkRow {
  readonly kind: "live";
  readonly id: ItemId;
  readonly arrivalMs: number;
}

export type Row = EntryRow | GapRow | MarkRow;

export const MAX_ROW_TEXT = 2_048;

export interface Window {
  /** The position of the first row. */
  readonly position: number;
  readonly rows: readonly Row[];
  /** How many rows the view has, as of now. */
  readonly total: number;
}

/** Every entry is accounted for. */
export interface Counts {
  /** Entries taken in, in all, without those that were fetched. */
  readonly received: number;
  /** Entries that fetches have added, in all. */
  readonly fetched: number;
  /** Entries that are held; `bytes` is what they and their indexes take. */
  readonly held: number;
  readonly bytes: number;
  readonly maxBytes: number;
  /** Entries that the view passes, of those that were looked at. */
  readonly shown: number;
  /** Entries that the query has looked at yet; `held` when it is through. */
  readonly searched: number;
  /** Entries dropped here, to keep to `maxBytes`. */
  readonly dropped: number;
  /** Entries that gaps stand for. */
  readonly lost: number;
  /** Entries that filters left out at the source. */
  readonly filtered: number;
  /** Lines and messages that were no entry. */
  readonly malformed: number;
  /** Of level ERROR, in all. */
  readonly errors: number;
  /** The times between which entries are held; undefined while there is none. */
  readonly oldestMs: number | undefined;
  readonly newestMs: number | undefined;
}

/** Counts over time: `counts[bucket * 5 + level]`, the fifth level being `MALFORMED`. */
export interface Histogram {
  readonly fromMs: number;
  readonly bucketMs: number;
  readonly counts: Uint32Array;
  /** Times of gaps. */
  readonly gaps: readonly number[];
  /** What is shown at other times: a few entries, far from the others. */
  readonly outside: readonly Outside[];
}

export interface Outside {
  readonly side: "before" | "behind";
  readonly count: number;
  readonly range: NonNullable<View["range"]>;
}

export interface FacetValue {
  readonly value: string;
  readonly count: number;
}

export interface FieldFacet {
  readonly name: string;
  /** The most frequent ones. */
  readonly values: readonly FacetValue[];
  /** How many values the sample has of it. */
  readonly distinct: number;
  /** No two of its values are the same, and there are more than `values` has: a number of the entry, an id. */
  readonly isDistinct: boolean;
}

export interface Facets {
  /** Exact, over what the view passes. */
  readonly levels: readonly number[];
  readonly targets: readonly FacetValue[];
  readonly producers: readonly FacetValue[];
  /** Over a sample of what the view passes. Those whose values are distinct come last. */
  readonly fields: readonly FieldFacet[];
  /** How many entries the sample has. */
  readonly sampled: number;
}

export interface Pattern {
  /** For `pattern:` of a query. */
  readonly hash: string;
  /** The message with digits, hexadecimals and ids as `‹…›`. */
  readonly template: string;
  readonly count: number;
  /** How many of each level, DEBUG first. */
  readonly levels: readonly number[];
  /** Counts over time, oldest first, 24 of them. */
  readonly graph: readonly number[];
  readonly sample: ItemId;
}

/** A whole entry, for the panel. */
export interface FullEntry {
  readonly row: EntryRow;
  /** As it was sent. */
  readonly json: string;
  /** The session of its producer, which with `seq` names it anywhere. */
  readonly session: string | undefined;
  /** The position in the view, or undefined if the view does not pass it. */
  readonly position: number | undefined;
}

/** Where `step` goes from an item. */
export type Step =
  | { readonly to: "row"; readonly by: number }
  | { readonly to: "level"; readonly level: LevelCode; readonly direction: 1 | -1 };

export type ExportFormat = "ndjson" | "csv";

/** What the page asks, each by its name, with what it is asked and what is returned. */
export interface Requests {
  /**
   * Replaces the view. Returns when the list shows it, or why it does not: an error of its query. Until then windows are those of
   * the former view, whose rows stay in sight.
   */
  setView: { readonly ask: View; readonly answer: QueryError | undefined };
  /** The reader is about to write a query: what looks for it is made ready. */
  expectQuery: { readonly ask: undefined; readonly answer: undefined };
  window: { readonly ask: { readonly anchor: Anchor; readonly count: number }; readonly answer: Window };
  entry: { readonly ask: ItemId; readonly answer: FullEntry | undefined };
  /** The item with this number of a session, if it is held. */
  findEntry: {
    readonly ask: { readonly session: string; readonly seq: number };
    readonly answer: ItemId | undefined;
  };
  /** The next item in a direction, and its position; undefined at the end. */
  step: {
    readonly ask: { readonly from: ItemId; readonly step: Step };
    readonly answer: { readonly id: ItemId; readonly position: number } | undefined;
  };
  histogram: {
    readonly ask: { readonly buckets: number; readonly range: View["range"] };
    readonly answer: Histogram;
  };
  facets: { readonly ask: undefined; readonly answer: Facets };
  patterns: { readonly ask: undefined; readonly answer: readonly Pattern[] };
  /** Entries of a trace, by time, at most 2 000. */
  trace: { readonly ask: string; readonly answer: readonly FullEntry[] };
  /** Of what the view passes, or of everything. */
  export: {
    readonly ask: { readonly format: ExportFormat; readonly isFiltered: boolean };
    readonly answer: Blob;
  };
  /**
   * Reads NDJSON as a producer with an id of its own, which a query may call by its name. Returns how many lines it had, and the
   * session that numbers them from 0.
   */
  open: {
    readonly ask: { readonly file: Blob; readonly producer: string; readonly name: string };
    readonly answer: { readonly lines: number; readonly session: string };
  };
  /** Of each producer, by its id, as of a time: entries that it logged while its channel was there, and how long they took. */
  paces: {
    readonly ask: number;
    readonly answer: readonly (readonly [
      producer: string,
      pace: { readonly live: number; readonly delayMs: number | undefined },
    ])[];
  };
  /** Forgets a producer, by its id, and its entries. */
  forget: { readonly ask: string; readonly answer: undefined };
  /** As the notice `counts`, of this moment. */
  counts: { readonly ask: undefined; readonly answer: Counts };
  /** Forgets everything that is held. */
  clear: { readonly ask: undefined; readonly answer: undefined };
  setMaxBytes: { readonly ask: number; readonly answer: undefined };
  /** Items that stay even if their age is dropped: those in sight while paused, and the one in the panel. Replaces the last ones. */
  pin: { readonly ask: readonly ItemId[]; readonly answer: undefined };
  /** All entries, exactly as they were sent, for the console and for tests. */
  all: {
    readonly ask: undefined;
    readonly answer: readonly {
      producer: string;
      arrivalMs: number;
      seq: number | undefined;
      json: string;
    }[];
  };
}

/** The page as the worker's client. */
export interface StoreClient {
  /** Rejects if the worker has failed. Answers come in the order of the questions, but for `setView`, `export`, `open` and `patterns`. */
  ask<Name extends keyof Requests>(name: Name, ask: Requests[Name]["ask"]): Promise<Requests[Name]["answer"]>;
  /** Calls `listener` at every notice until the returned function is called. */
  on<Name extends keyof Notices>(name: Name, listener: (notice: Notices[Name]) => void): () => void;
  /** How many entries of a producer fetches have added, in all. */
  addedOf(producer: string): number;
}

/** What the worker tells unasked. */
export interface Notices {
  /** At most every 100 ms while something changes. */
  counts: Counts;
  /**
   * Items were added, or the view has found or lost some: at most once a frame of the page, which `window` paces; at once if
   * `view` is another one, because another filter is shown.
   */
  changed: { readonly total: number; readonly view: number };
  /** The query that is shown takes too long: the list shows again what it showed before. */
  slow: QueryError;
}
