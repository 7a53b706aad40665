/** Facets, patterns and traces of what is held. */

import { axisOf } from "./axis";
import type { Block } from "./block";
import { type Facets, type FacetValue, type FullEntry, MALFORMED, type Pattern } from "./protocol";
import { compile } from "./query/compile";
import type { Pause } from "./requests";
import { fullEntry } from "./rows";
import { matchBlock, targetOf } from "./search/looking";
import type { Store } from "./store";
import { FacetCounter, samplePositions } from "./summary/facets";
import { messageOf, PatternCounter } from "./summary/patterns";
import { MAX_TRACE, orderTrace } from "./summary/trace";
import { OTHER_TARGET } from "./targets";

/** After so long, others have their turn. */
const SLICE_MS = 8;
/** Patterns are counted over so many entries at most, evenly spread: a template is found in each. */
const MAX_PATTERN_ENTRIES = 200_000;

/** Levels, targets and producers are counted from columns alone, however many there are. */
export function facetsOf(store: Store): Facets {
  const counter = new FacetCounter();
  const levels = [0, 0, 0, 0, 0];
  const targets = new Uint32Array(store.targets.count);
  const others = new Map<string, number>();
  const producers = new Map<string, number>();
  for (const block of store.blocks()) {
    const shown = block.rank(block.count);
    if (block.kind !== "entries" || shown === 0) {
      continue;
    }
    increase(producers, block.producer?.id ?? "", shown);
    const columns = block.columns();
    for (let rank = 0; rank < shown; rank += 1) {
      const index = block.select(rank);
      const level = columns.levels[index] ?? MALFORMED;
      levels[level] = (levels[level] ?? 0) + 1;
      const target = columns.targets[index] ?? OTHER_TARGET;
      if (target === OTHER_TARGET) {
        increase(others, targetOf(block, index, store.texts, store.targets), 1);
      } else if (level !== MALFORMED) {
        targets[target] = (targets[target] ?? 0) + 1;
      }
    }
  }
  for (const [number, count] of targets.entries()) {
    if (count > 0) {
      increase(others, store.targets.text(number) ?? "", count);
    }
  }
  for (const position of samplePositions(store.order.total("shown"))) {
    const place = store.order.at(position, "shown");
    const block = place?.chunk.blocks[place.run];
    if (place !== undefined && block?.kind === "entries") {
      counter.sample(store.texts.line(block, place.index));
    }
  }
  const { fields, sampled } = counter.result();
  return { levels, targets: sorted(others), producers: sorted(producers), fields, sampled };
}

function increase(counts: Map<string, number>, key: string, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

/** The most frequent first. */
function sorted(counts: ReadonlyMap<string, number>): FacetValue[] {
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((one, other) => other.count - one.count || (one.value < other.value ? -1 : 1));
}

export async function patternsOf(store: Store, pause: Pause): Promise<readonly Pattern[]> {
  const { oldestMs, newestMs } = axisOf(store);
  const counter = new PatternCounter(oldestMs, newestMs);
  const { shown } = store.counts();
  const every = Math.max(1, Math.ceil(shown / MAX_PATTERN_ENTRIES));
  let number = 0;
  let turn = performance.now();
  for (const block of [...store.blocks()]) {
    if (block.kind !== "entries" || block.chunks.length === 0) {
      continue;
    }
    const columns = block.columns();
    for (const index of shownOf(block)) {
      number += 1;
      if (number % every === 0) {
        const [level, timeMs] = [columns.levels[index] ?? 0, columns.time(index)];
        counter.add({
          id: block.id(index),
          level,
          timeMs,
          message: messageOf(store.texts.line(block, index)),
        });
      }
    }
    if (performance.now() - turn > SLICE_MS) {
      await pause();
      turn = performance.now();
    }
  }
  return counter.result().map((pattern) => ({
    ...pattern,
    count: pattern.count * every,
    levels: pattern.levels.map((count) => count * every),
  }));
}

/** The entries of a trace, whether the view passes them or not. */
export function traceOf(store: Store, id: string): readonly FullEntry[] {
  const matcher = compile({ kind: "trace", id });
  const entries: FullEntry[] = [];
  for (const block of [...store.blocks()].reverse()) {
    if (block.kind !== "entries" || !block.shape.hasTraces) {
      continue;
    }
    for (const index of matcher.match(matchBlock(block, 0, store), store.engine)) {
      const entry = fullEntry(store, { block, index });
      if (entry !== undefined) {
        entries.push(entry);
      }
    }
    if (entries.length >= MAX_TRACE) {
      break;
    }
  }
  return orderTrace(entries);
}

function* shownOf(block: Block): Generator<number, void> {
  const shown = block.rank(block.count);
  for (let rank = 0; rank < shown; rank += 1) {
    yield block.select(rank);
  }
}
