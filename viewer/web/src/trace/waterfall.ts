/** The entries of a trace as a waterfall: spans below those that called them, each with when it was and how long. */

import { parseJson } from "../../store/json";
import type { EntryRow, FullEntry, ItemId } from "../../store/protocol";
import { member, memberText } from "../panel/json";
import { durationMs } from "./duration";

/** A line of the waterfall. */
export interface Bar {
  /** The entry that it stands for: of a span, the one that says how long it took, or else its first. */
  readonly row: EntryRow;
  readonly depth: number;
  /** A span, or an entry in one, or an entry of none. */
  readonly kind: "span" | "entry";
  readonly label: string;
  readonly startMs: number;
  /** Equal to the start for a moment. */
  readonly endMs: number;
  /** Undefined where nothing but the span's entries say how long it took. */
  readonly durationMs: number | undefined;
  /** It names a parent of which nothing is here. */
  readonly isOrphan: boolean;
}

export interface Waterfall {
  readonly bars: readonly Bar[];
  readonly startMs: number;
  readonly endMs: number;
  /** Entries whose time cannot be read, and that are at the trace's start here. */
  readonly untimed: number;
}

interface Item {
  readonly row: EntryRow;
  readonly spanId: string | undefined;
  readonly parentId: string | undefined;
  readonly name: string | undefined;
  readonly durationMs: number | undefined;
  readonly timeMs: number;
}

interface Span {
  readonly id: string;
  parentId: string | undefined;
  readonly items: Item[];
  readonly children: Span[];
}

export function layOut(entries: readonly FullEntry[]): Waterfall {
  const items = entries.map(itemOf);
  const known = items.map((item) => item.row.timeMs).filter((time) => !Number.isNaN(time));
  const firstMs = known.length === 0 ? 0 : known.reduce((least, time) => Math.min(least, time));
  const timed = items.map((item) => ({
    ...item,
    timeMs: Number.isNaN(item.row.timeMs) ? firstMs : item.row.timeMs,
  }));

  const spans = new Map<string, Span>();
  for (const item of timed) {
    if (item.spanId !== undefined) {
      const span = spans.get(item.spanId) ?? {
        id: item.spanId,
        parentId: undefined,
        items: [],
        children: [],
      };
      spans.set(item.spanId, span);
      span.parentId ??= item.parentId;
      span.items.push(item);
    }
  }
  const roots: (Span | Item)[] = timed.filter((item) => item.spanId === undefined);
  for (const span of spans.values()) {
    const parent = span.parentId === undefined ? undefined : spans.get(span.parentId);
    if (parent === undefined || isInCircle(span, spans)) {
      roots.push(span);
    } else {
      parent.children.push(span);
    }
  }
  const bars = barsOf(roots, spans);
  return {
    bars,
    startMs: bars.reduce((least, bar) => Math.min(least, bar.startMs), firstMs),
    endMs: bars.reduce((most, bar) => Math.max(most, bar.endMs), firstMs),
    untimed: entries.length - known.length,
  };
}

function itemOf({ row, json }: FullEntry): Item {
  const entry = parseJson(json);
  const span = member(entry, "span");
  const fields = member(entry, "fields");
  return {
    row,
    spanId: memberText(span, "id"),
    parentId: memberText(span, "parent_id"),
    name: memberText(span, "name"),
    durationMs: durationMs(fields) ?? durationMs(span),
    timeMs: row.timeMs,
  };
}

/** Whether a span is its own ancestor: it is a root then, so that everything is shown. */
function isInCircle(span: Span, spans: ReadonlyMap<string, Span>): boolean {
  const seen = new Set<string>();
  for (let at: Span | undefined = span; at?.parentId !== undefined; at = spans.get(at.parentId)) {
    if (seen.has(at.id)) {
      return at.id === span.id;
    }
    seen.add(at.id);
  }
  return false;
}

function isSpan(part: Span | Item): part is Span {
  return "items" in part;
}

/** Depth first, without recursion: spans can be nested as deeply as there are entries. */
function barsOf(roots: readonly (Span | Item)[], spans: ReadonlyMap<string, Span>): readonly Bar[] {
  const bars: Bar[] = [];
  const open = inOrder(roots)
    .toReversed()
    .map((part) => ({ part, depth: 0 }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { part, depth } = next;
    if (!isSpan(part)) {
      bars.push(entryBar(part, depth, spans));
      continue;
    }
    const main = mainItem(part);
    bars.push(spanBar(part, main, depth, spans));
    // What the span's own bar says is not said again.
    const others = part.items.filter((item) => item !== main || item.name !== undefined);
    const inside = inOrder([...(part.items.length > 1 ? others : []), ...part.children]);
    open.push(...inside.toReversed().map((inner) => ({ part: inner, depth: depth + 1 })));
  }
  return bars;
}

function spanBar(span: Span, main: Item, depth: number, spans: ReadonlyMap<string, Span>): Bar {
  // What the program measured, rather than what the entries of the span happen to lie between.
  const [startMs, endMs] = main.durationMs === undefined ? extent(span) : extentOf(main);
  return {
    row: main.row,
    depth,
    kind: "span",
    label: main.name ?? main.row.message,
    startMs,
    endMs,
    durationMs: main.durationMs,
    isOrphan: span.parentId !== undefined && !spans.has(span.parentId),
  };
}

function entryBar(item: Item, depth: number, spans: ReadonlyMap<string, Span>): Bar {
  const [startMs, endMs] = extentOf(item);
  const isOrphan = item.spanId === undefined && item.parentId !== undefined && !spans.has(item.parentId);
  return {
    row: item.row,
    depth,
    kind: "entry",
    label: item.row.message,
    startMs,
    endMs,
    durationMs: item.durationMs,
    isOrphan,
  };
}

/** The entry with the longest duration, or the first one. */
function mainItem(span: Span): Item {
  return span.items.reduce((main, item) => ((item.durationMs ?? -1) > (main.durationMs ?? -1) ? item : main));
}

/** An entry that says how long something took is written at its end. */
function extentOf(item: Item): [startMs: number, endMs: number] {
  return [item.timeMs - (item.durationMs ?? 0), item.timeMs];
}

function extent(span: Span): [startMs: number, endMs: number] {
  const extents = span.items.map(extentOf);
  return [
    extents.reduce((least, [start]) => Math.min(least, start), Number.POSITIVE_INFINITY),
    extents.reduce((most, [, end]) => Math.max(most, end), Number.NEGATIVE_INFINITY),
  ];
}

function startOf(part: Span | Item): number {
  return isSpan(part) ? extent(part)[0] : extentOf(part)[0];
}

function idOf(part: Span | Item): ItemId {
  return isSpan(part) ? (part.items[0]?.row.id ?? 0) : part.row.id;
}

/** By when they began, then by when they came. */
function inOrder(parts: readonly (Span | Item)[]): readonly (Span | Item)[] {
  return parts
    .map((part) => ({ part, start: startOf(part), id: idOf(part) }))
    .toSorted((a, b) => a.start - b.start || a.id - b.id)
    .map(({ part }) => part);
}

/** Where a time lies between the trace's start and end, from 0 to 1. */
export function share({ startMs, endMs }: Pick<Waterfall, "startMs" | "endMs">, timeMs: number): number {
  return endMs === startMs ? 0 : Math.min(1, Math.max(0, (timeMs - startMs) / (endMs - startMs)));
}
