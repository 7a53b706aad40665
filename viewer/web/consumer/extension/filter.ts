/** What a consumer wants of a producer, which applies it at the source. No I/O. */

import type { Level } from "../entry";

/** Both must pass an entry; one that is left out passes everything. */
export interface SourceFilter {
  /** The lowest level that is wanted. */
  readonly level?: Level;
  /** Level and target directives, as `info,app::db=debug,hyper=off`: at most 64 of them, and 1 KiB. */
  readonly filter?: string;
}

const MAX_BYTES = 1_024;
const MAX_DIRECTIVES = 64;
const LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF"];

/** Throws a `RangeError` for a filter that producers refuse: a `hello` that holds one is ignored as a whole. */
export function checkFilter({ level, filter }: SourceFilter): void {
  if (level !== undefined && !["DEBUG", "INFO", "WARN", "ERROR"].includes(level)) {
    throw new RangeError(`level: ${level} is not a level; use DEBUG, INFO, WARN or ERROR`);
  }
  if (filter === undefined) {
    return;
  }
  if (new TextEncoder().encode(filter).length > MAX_BYTES) {
    throw new RangeError(`filter: must have at most ${MAX_BYTES} bytes`);
  }
  const directives = filter
    .split(",")
    .map((directive) => directive.trim())
    .filter((directive) => directive !== "");
  if (directives.length > MAX_DIRECTIVES) {
    throw new RangeError(`filter: must have at most ${MAX_DIRECTIVES} directives`);
  }
  directives.forEach(checkDirective);
}

function checkDirective(directive: string): void {
  const split = directive.indexOf("=");
  if (split !== -1 && directive.slice(0, split).trim() === "") {
    throw new RangeError(`filter: "${directive}" has no target before the =`);
  }
  const level = directive.slice(split + 1).trim();
  if (!LEVELS.includes(level.toUpperCase())) {
    throw new RangeError(
      `filter: "${level}" is not a level; use DEBUG, INFO, WARN, ERROR or OFF, as in "info,app::db=debug"`,
    );
  }
}
