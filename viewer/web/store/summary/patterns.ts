/** Groups messages by their template. */

import { type ItemId, LEVELS, type LevelCode, MALFORMED, type Pattern } from "../protocol";
import { hashTemplate, templateOf } from "./template";

/** Further templates are not counted. */
const MAX_TEMPLATES = 10_000;
const MAX_PATTERNS = 500;
const GRAPH_BUCKETS = 24;

export interface PatternEntry {
  readonly id: ItemId;
  readonly level: number;
  readonly timeMs: number;
  /** As `messageOf` reads it. */
  readonly message: string;
}

interface Group {
  readonly template: string;
  count: number;
  readonly levels: number[];
  readonly graph: number[];
  sample: ItemId;
}

export class PatternCounter {
  readonly #fromMs: number;
  readonly #bucketMs: number;
  readonly #groups = new Map<string, Group>();

  /** The graphs go from the first time to the second. */
  constructor(fromMs: number, toMs: number) {
    this.#fromMs = fromMs;
    this.#bucketMs = Math.max(1, (toMs - fromMs) / GRAPH_BUCKETS);
  }

  /** Lines that are no entry are passed over. */
  add({ id, level, timeMs, message }: PatternEntry): void {
    if (!isLevel(level)) {
      return;
    }
    const template = templateOf(message);
    let group = this.#groups.get(template);
    if (group === undefined) {
      if (this.#groups.size === MAX_TEMPLATES) {
        return;
      }
      const levels = new Array(LEVELS.length).fill(0);
      group = { template, count: 0, levels, graph: new Array(GRAPH_BUCKETS).fill(0), sample: id };
      this.#groups.set(template, group);
    }
    group.count += 1;
    group.levels[level] = (group.levels[level] ?? 0) + 1;
    group.sample = Math.max(group.sample, id);
    if (!Number.isNaN(timeMs)) {
      const bucket = Math.floor((timeMs - this.#fromMs) / this.#bucketMs);
      const inside = Math.min(Math.max(bucket, 0), GRAPH_BUCKETS - 1);
      group.graph[inside] = (group.graph[inside] ?? 0) + 1;
    }
  }

  /** The most frequent first. `sample` is the newest entry of the group. */
  result(): Pattern[] {
    return [...this.#groups.values()]
      .sort((one, other) => other.count - one.count || (one.template < other.template ? -1 : 1))
      .slice(0, MAX_PATTERNS)
      .map((group) => ({ hash: hashTemplate(group.template), ...group }));
  }
}

/** The message of an entry; the line itself, if it is none. */
export function messageOf(line: string): string {
  try {
    const value: unknown = JSON.parse(line);
    const message =
      typeof value === "object" && value !== null && "message" in value ? value.message : undefined;
    return typeof message === "string" ? message : line;
  } catch {
    return line;
  }
}

function isLevel(level: number): level is LevelCode {
  return level >= 0 && level < MALFORMED;
}
