/** Windows of the list, and single entries: the only places where an entry is read as a whole. */

import type { Block } from "./block";
import type { Chunk } from "./chunk";
import { type JoinedGaps, joinedGaps } from "./gaps";
import type { Place } from "./order";
import {
  type Anchor,
  type EntryRow,
  type FullEntry,
  type ItemId,
  MALFORMED,
  MAX_ROW_TEXT,
  type Requests,
  type Row,
  type Step,
  type Window,
} from "./protocol";
import { readRow } from "./reading";
import { targetOf } from "./search/looking";
import type { Item } from "./sessions";
import type { Store } from "./store";

const NO_GAP: JoinedGaps = { first: 0, last: 0, missing: 0 };

/** More rows than any screen has; the console asks for more of them. */
const MAX_WINDOW = 10_000;

export function windowOf(store: Store, anchor: Anchor, count: number): Window {
  const total = store.order.total("shown");
  const wanted = Math.min(Math.max(0, Math.floor(count)), MAX_WINDOW);
  const position = Math.min(Math.max(0, positionOf(store, anchor, wanted, total)), total);
  const rows: Row[] = [];
  for (const item of store.items("shown", position)) {
    if (rows.length === wanted) {
      break;
    }
    rows.push(rowOf(store, item));
  }
  return { position, rows, total };
}

function positionOf(store: Store, anchor: Anchor, count: number, total: number): number {
  switch (anchor.kind) {
    case "end":
      return total - count;
    case "position":
      return Math.floor(anchor.position);
    case "item":
      return (positionOfItem(store, anchor.id) ?? 0) + anchor.offset;
    case "time":
      return positionOfTime(store, anchor.ms, anchor.untilMs) ?? total;
  }
}

/** The position of an item, or of the first behind it that the view passes. */
export function positionOfItem(store: Store, id: ItemId): number | undefined {
  const item = store.item(id);
  const place = item === undefined ? undefined : store.order.find(item.block, item.index);
  return place === undefined ? undefined : store.order.position(place, "shown");
}

/** The position of the first row from one time to before another one; undefined if there is none. */
function positionOfTime(store: Store, ms: number, untilMs: number): number | undefined {
  for (const { chunk, run, index: from, block, to } of store.order.runs(store.order.at(0, "shown"))) {
    if ((chunk.shown[run] ?? 0) === 0 || !(block.maxMs >= ms && block.minMs < untilMs)) {
      continue;
    }
    const columns = block.columns();
    const end = block.rank(to);
    for (let rank = block.rank(from); rank < end; rank += 1) {
      const index = block.select(rank);
      const time = columns.time(index);
      if (time >= ms && time < untilMs) {
        return store.order.position({ chunk, run, index }, "shown");
      }
    }
  }
  return undefined;
}

export function rowOf(store: Store, { block, index }: Item): Row {
  const id = block.id(index);
  const arrivalMs = block.arrivalMs(index);
  if (block.kind === "live") {
    return { kind: "live", id, arrivalMs };
  }
  if (block.kind === "gap") {
    const place = store.order.find(block, index);
    const joined = place === undefined ? NO_GAP : joinedGaps(store.order, place);
    const reason = block.gap?.reason ?? "unknown";
    return {
      kind: "gap",
      id,
      producer: block.producer?.id ?? "",
      session: block.session,
      ...joined,
      reason,
      arrivalMs,
    };
  }
  return entryRow(store, { block, index }, store.texts.line(block, index), store.showing.columns);
}

export function entryRow(
  store: Store,
  { block, index }: Item,
  json: string,
  columns: readonly string[],
): EntryRow {
  const own = block.columns();
  const level = (own.levels[index] ?? MALFORMED) as EntryRow["level"];
  const text = level === MALFORMED ? undefined : readRow(json, columns);
  return {
    kind: "entry",
    id: block.id(index),
    producer: block.producer?.id ?? "",
    seq: block.seq(index),
    timeMs: own.time(index),
    arrivalMs: block.arrivalMs(index),
    level: text === undefined ? MALFORMED : level,
    levelName: text?.levelName ?? "",
    target: text === undefined ? "" : targetOf(block, index, store.texts, store.targets),
    message: text?.message ?? json.slice(0, MAX_ROW_TEXT),
    fields: text?.fields ?? "",
    columns: text?.columns ?? columns.map(() => undefined),
    traceId: text?.traceId,
    isFetched: block.isFetched,
  };
}

export function fullEntry(store: Store, item: Item): FullEntry | undefined {
  const { block, index } = item;
  if (block.kind !== "entries") {
    return undefined;
  }
  const json = store.texts.line(block, index);
  const place = block.passes(index) ? store.order.find(block, index) : undefined;
  return {
    row: entryRow(store, item, json, store.showing.columns),
    json,
    session: block.session,
    position: place === undefined ? undefined : store.order.position(place, "shown"),
  };
}

/** The row that a step leads to. */
export function stepFrom(store: Store, from: ItemId, step: Step): Requests["step"]["answer"] {
  const item = store.item(from);
  const place = item === undefined ? undefined : store.order.find(item.block, item.index);
  if (item === undefined || place === undefined) {
    return undefined;
  }
  const own = store.order.position(place, "shown");
  // A gap that is in the row of another one has none of its own.
  const isShown = (place.chunk.shown[place.run] ?? 0) > 0 && item.block.passes(item.index);
  if (step.to === "level") {
    return nextOfLevel(store, own, isShown, step.level, step.direction);
  }
  // From an item that has no row, the next one is where it would be.
  const by = step.by > 0 && !isShown ? step.by - 1 : step.by;
  return answerAt(store, own + by);
}

function answerAt(store: Store, position: number): Requests["step"]["answer"] {
  const place = store.order.at(position, "shown");
  const block = place?.chunk.blocks[place.run];
  return place === undefined || block === undefined ? undefined : { id: block.id(place.index), position };
}

function nextOfLevel(
  store: Store,
  own: number,
  isShown: boolean,
  level: number,
  direction: 1 | -1,
): Requests["step"]["answer"] {
  const start = direction === 1 ? own + (isShown ? 1 : 0) : own - 1;
  const first: Place | undefined = store.order.at(start, "shown");
  if (first === undefined) {
    return undefined;
  }
  const chunks = store.order.chunks();
  for (let at: number = first.chunk.index; at >= 0 && at < chunks.length; at += direction) {
    const chunk = chunks[at] as Chunk;
    const isFirstChunk: boolean = chunk === first.chunk;
    let run: number = isFirstChunk ? first.run : direction === 1 ? 0 : chunk.count - 1;
    for (; run >= 0 && run < chunk.count; run += direction) {
      const block: Block | undefined = chunk.blocks[run];
      if (block === undefined || (block.levels[level] ?? 0) === 0) {
        continue;
      }
      const { levels } = block.columns();
      const isFirst = isFirstChunk && run === first.run;
      let low = block.rank(chunk.froms[run] ?? 0);
      let high = block.rank(chunk.tos[run] ?? 0) - 1;
      if (isFirst && direction === 1) {
        low = block.rank(first.index);
      } else if (isFirst) {
        high = block.rank(first.index);
      }
      for (let rank = direction === 1 ? low : high; rank >= low && rank <= high; rank += direction) {
        const index = block.select(rank);
        if (levels[index] === level) {
          return { id: block.id(index), position: store.order.position({ chunk, run, index }, "shown") };
        }
      }
    }
  }
  return undefined;
}
