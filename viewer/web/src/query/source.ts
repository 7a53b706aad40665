/**
 * What of a query can be asked of producers: levels and targets. A producer leaves out at most what the query leaves out
 * anyway, so that what is shown stays the same, and less is sent.
 */

import type { SourceFilter } from "../../consumer";
import { LEVELS, type LevelCode } from "../../store/protocol";
import type { Query } from "../../store/query/syntax";
import { patternParts } from "../../store/query/wildcard";

export interface AtSource {
  readonly filter: SourceFilter;
  /** The query has terms that only the page can decide. */
  readonly isPartial: boolean;
}

/** Docs of the protocol: at most 64 directives and 1 KiB. One is the default. */
const MAX_TARGETS = 60;
const MAX_FILTER_TEXT = 1_000;

/** `targets` are those that are known: `shop.db*` means `shop.db` and what is below it, if there is such a target. */
export function sourceFilterOf(query: Query, targets: readonly string[]): AtSource {
  const prefixes = new Map(targetsOf(query).map((pattern) => [pattern, prefixOf(pattern, targets)]));
  const known = [...new Set(prefixes.values())].filter((prefix) => prefix !== undefined);
  const isPartial = !isOfSource(query) || [...prefixes.values()].includes(undefined);
  if (known.length > MAX_TARGETS) {
    return { filter: levelFilter(leastLevel(query, undefined, new Map())), isPartial: true };
  }
  const least = leastLevel(query, undefined, prefixes);
  const directives = known
    .toSorted()
    .map((prefix) => ({ prefix, level: leastLevel(query, prefix, prefixes) }))
    // One that is covered by another counts by itself, so it must be said unless all say the same.
    .map(({ prefix, level }) => `${prefix}=${nameOf(level)}`);
  const filter = [nameOf(least), ...directives].join(",");
  if (directives.every((directive) => directive.endsWith(`=${nameOf(least)}`)) && least < OFF) {
    return { filter: levelFilter(least), isPartial };
  }
  return new TextEncoder().encode(filter).length > MAX_FILTER_TEXT
    ? { filter: levelFilter(leastLevel(query, undefined, new Map())), isPartial: true }
    : { filter: { filter }, isPartial };
}

const OFF = 4;

function levelFilter(least: number): SourceFilter {
  const level = LEVELS[least];
  return least === 0 ? {} : level === undefined ? { filter: "off" } : { level };
}

function nameOf(least: number): string {
  return LEVELS[least]?.toLowerCase() ?? "off";
}

/** The lowest level at which an entry of a target may pass: `undefined` stands for a target that no prefix covers. */
function leastLevel(
  query: Query,
  target: string | undefined,
  prefixes: ReadonlyMap<string, string | undefined>,
): number {
  for (const level of [0, 1, 2, 3] as const) {
    if (mayPass(query, { level, target, prefixes }) !== false) {
      return level;
    }
  }
  return OFF;
}

interface Case {
  readonly level: LevelCode;
  readonly target: string | undefined;
  readonly prefixes: ReadonlyMap<string, string | undefined>;
}

/** Whether entries of a level and target pass: undefined if some may, and others not. */
function mayPass(query: Query, of: Case): boolean | undefined {
  switch (query.kind) {
    case "all":
      return true;
    case "level":
      return query.orMore ? of.level >= query.level : of.level === query.level;
    case "target":
      return isTarget(query.pattern, of);
    case "not": {
      const passes = mayPass(query.part, of);
      return passes === undefined ? undefined : !passes;
    }
    case "and":
    case "or": {
      const decisive = query.kind === "or";
      const parts = query.parts.map((part) => mayPass(part, of));
      return parts.includes(decisive) ? decisive : parts.includes(undefined) ? undefined : !decisive;
    }
    default:
      return undefined;
  }
}

function isTarget(pattern: string, { target, prefixes }: Case): boolean | undefined {
  const prefix = prefixes.get(pattern);
  if (prefix === undefined) {
    return undefined;
  }
  if (target === undefined) {
    return false;
  }
  const [literal = "", ...rest] = patternParts(pattern);
  if (rest.length === 1 && rest[0] === "" && target.toLowerCase().startsWith(literal.toLowerCase())) {
    return true;
  }
  return covers(prefix, target) || covers(target, prefix) ? undefined : false;
}

/** As producers have it: `app` covers `app`, `app::db` and `app.db`, and not `apple`. */
function covers(prefix: string, target: string): boolean {
  return target.startsWith(prefix) && /^(?:$|[^\p{L}\p{N}_])/u.test(target.slice(prefix.length));
}

/** The target that covers all those that a pattern matches; undefined if there is none. */
function prefixOf(pattern: string, targets: readonly string[]): string | undefined {
  const [literal = "", ...rest] = patternParts(pattern);
  const trimmed = literal.replace(/[^\p{L}\p{N}_]+$/u, "");
  const isWhole =
    rest.length === 0 ||
    trimmed !== literal ||
    targets.some((target) => covers(literal.toLowerCase(), target.toLowerCase()));
  const prefix = isWhole ? trimmed : trimmed.replace(/[\p{L}\p{N}_]+$/u, "").replace(/[^\p{L}\p{N}_]+$/u, "");
  return prefix === "" || /[,=\s]/.test(prefix) ? undefined : asKnown(prefix, targets);
}

/** A query has no case, and a directive has one: that of a target that is known. */
function asKnown(prefix: string, targets: readonly string[]): string {
  const small = prefix.toLowerCase();
  return targets.find((target) => target.toLowerCase().startsWith(small))?.slice(0, prefix.length) ?? prefix;
}

function targetsOf(query: Query): string[] {
  switch (query.kind) {
    case "and":
    case "or":
      return query.parts.flatMap(targetsOf);
    case "not":
      return targetsOf(query.part);
    case "target":
      return [query.pattern];
    default:
      return [];
  }
}

/** Whether levels and targets are all that it has. */
function isOfSource(query: Query): boolean {
  switch (query.kind) {
    case "and":
    case "or":
      return query.parts.every(isOfSource);
    case "not":
      return isOfSource(query.part);
    default:
      return query.kind === "all" || query.kind === "level" || query.kind === "target";
  }
}
