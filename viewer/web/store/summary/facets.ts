/** What the entries of a view have, with counts: levels, targets and producers of all of them, fields of a sample. */

import { isJsonObject, type Json, type JsonObject, textOf } from "../json";
import { type Facets, type FacetValue, LEVELS } from "../protocol";
import type { MatchBlock } from "../query/matcher";
import { memberObject, readEntry } from "../reading";

/** How many entries are parsed for their fields. */
export const MAX_SAMPLE = 2_000;
const MAX_FIELDS = 50;
const MAX_VALUES = 10;
/** Longer values are of one entry alone, as a rule. */
const MAX_VALUE_TEXT = 200;
/** Fields within fields, as `http.status`. */
const MAX_DEPTH = 3;

export class FacetCounter {
  readonly #levels: number[] = new Array(LEVELS.length + 1).fill(0);
  readonly #targets = new Map<string, number>();
  readonly #producers = new Map<string, number>();
  readonly #fields = new Map<string, Map<string, number>>();
  #sampled = 0;

  /** Counts the entries of a block with these indexes. */
  add(block: Pick<MatchBlock, "producer" | "levels" | "target">, indexes: Iterable<number>): void {
    let count = 0;
    for (const index of indexes) {
      count += 1;
      const level = block.levels[index] ?? LEVELS.length;
      this.#levels[level] = (this.#levels[level] ?? 0) + 1;
      if (level < LEVELS.length) {
        increase(this.#targets, block.target(index));
      }
    }
    if (count > 0) {
      increase(this.#producers, block.producer, count);
    }
  }

  /** Counts the fields of one entry; `samplePositions` says of which. */
  sample(json: string): void {
    this.#sampled += 1;
    const fields = memberObject(readEntry(json)?.all ?? new Map(), "fields");
    if (fields !== undefined) {
      this.#addFields(fields, "", 1);
    }
  }

  result(): Facets {
    const fields = [...this.#fields]
      .map(([name, counts]) => {
        const values = sorted(counts);
        const isDistinct = values.length > MAX_VALUES && values[0]?.count === 1;
        return { name, values, distinct: values.length, isDistinct, count: sum(counts) };
      })
      .sort(
        (one, other) =>
          Number(one.isDistinct) - Number(other.isDistinct) ||
          other.count - one.count ||
          compare(one.name, other.name),
      )
      .slice(0, MAX_FIELDS)
      .map(({ count: _, values, ...field }) => ({ ...field, values: values.slice(0, MAX_VALUES) }));
    return {
      levels: this.#levels,
      targets: sorted(this.#targets),
      producers: sorted(this.#producers),
      fields,
      sampled: this.#sampled,
    };
  }

  #addFields(fields: JsonObject, prefix: string, depth: number): void {
    for (const [key, value] of fields) {
      const name = `${prefix}${key}`;
      if (name.startsWith("code.") || name === "code") {
        continue;
      }
      if (isJsonObject(value)) {
        if (depth < MAX_DEPTH) {
          this.#addFields(value, `${name}.`, depth + 1);
        }
      } else {
        const items: readonly Json[] = Array.isArray(value) ? value : [value];
        for (const item of items) {
          this.#addValue(name, item);
        }
      }
    }
  }

  #addValue(name: string, value: Json): void {
    const text = isJsonObject(value) || Array.isArray(value) ? undefined : textOf(value);
    if (text !== undefined && text.length <= MAX_VALUE_TEXT) {
      const values = this.#fields.get(name) ?? new Map<string, number>();
      this.#fields.set(name, values);
      increase(values, text);
    }
  }
}

/** How many rows of a sample stand side by side: those of one block are read at once. */
const SAMPLE_RUN = 32;

/** Which of `total` rows to sample, ascending: all of few, evenly spread runs of many, and always the newest. */
export function samplePositions(total: number): number[] {
  if (total <= MAX_SAMPLE) {
    return Array.from({ length: total }, (_, position) => position);
  }
  const runs = Math.floor(MAX_SAMPLE / SAMPLE_RUN);
  return Array.from({ length: runs }, (_, run) => Math.floor(((run + 1) * total) / runs)).flatMap((end) =>
    Array.from({ length: SAMPLE_RUN }, (_, index) => end - SAMPLE_RUN + index),
  );
}

function increase(counts: Map<string, number>, key: string, by = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((all, count) => all + count, 0);
}

/** The most frequent first. */
function sorted(counts: ReadonlyMap<string, number>): FacetValue[] {
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((one, other) => other.count - one.count || compare(one.value, other.value));
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
