/** The store as an array: what it is to show, found the simple way. */

import type { Missing } from "../consumer/extension/account";

export interface NaiveEntry {
  readonly kind: "entry";
  readonly name: string;
  readonly producer: string;
  readonly seq: number | undefined;
  readonly timeMs: number;
  readonly level: number;
  readonly text: string;
  readonly isFetched: boolean;
}

/** Called by its first number. `missing`: how many it stands for, with the gaps that are in its row. */
export interface NaiveGap {
  readonly kind: "gap";
  readonly name: string;
  readonly producer: string;
  readonly gap: Missing;
  readonly missing: number;
}

export type NaiveRow =
  | NaiveEntry
  | NaiveGap
  | { readonly kind: "live"; readonly name: string; readonly producer: undefined };

export interface NaiveView {
  passes(entry: NaiveEntry): boolean;
  readonly muted: readonly string[];
  readonly range: { readonly fromMs: number; readonly toMs: number } | undefined;
}

interface Placed {
  readonly row: NaiveRow;
  readonly key: number;
}

interface State {
  key: number;
  recentMs: readonly number[];
  hasHistory: boolean;
  isLive: boolean;
  /** With when they came. */
  gaps: { readonly gap: Missing; readonly arrivalMs: number }[];
}

export class Naive {
  placed: Placed[] = [];
  readonly #states = new Map<string, State>();
  #markMs: number | undefined;
  #hasHistory = false;

  /** Entries that came together. */
  take(entries: readonly NaiveEntry[], liveFrom: number, nowMs: number, endsHistory: boolean): void {
    const [first] = entries;
    if (first === undefined) return;
    const state = this.#state(first.producer);
    const history = entries.filter(({ seq }) => seq !== undefined && seq < liveFrom);
    const keys = naiveKeys(
      history.map(({ timeMs }) => timeMs),
      state,
      nowMs,
      endsHistory,
    );
    if (history.length > 0) {
      if (state.gaps.length > 0) state.key = keys[0] ?? state.key;
      this.#placeGaps(first.producer, true);
      for (const [index, entry] of history.entries()) this.#place(entry, keys[index], nowMs);
    }
    if (entries.length > history.length) {
      this.#placeGaps(first.producer, false);
      for (const entry of entries.slice(history.length)) this.#place(entry, undefined, nowMs);
    }
  }

  takeGap(producer: string, gap: Missing, liveFrom: number, nowMs: number): void {
    const state = this.#state(producer);
    const isHistory = gap.first < liveFrom && !state.isLive;
    if (isHistory && !state.hasHistory) {
      state.gaps.push({ gap, arrivalMs: nowMs });
    } else {
      this.#place(gapRow(producer, gap), isHistory ? state.key : undefined, nowMs);
    }
  }

  endHistory(producer: string): void {
    this.#placeGaps(producer, false);
  }

  #placeGaps(producer: string, isHistory: boolean): void {
    const state = this.#state(producer);
    for (const { gap, arrivalMs } of state.gaps.splice(0)) {
      this.#place(gapRow(producer, gap), isHistory ? state.key : undefined, arrivalMs);
    }
  }

  takeFetched(entry: NaiveEntry): boolean {
    const own = this.placed.flatMap(({ row }, index) =>
      row.kind === "entry" && row.producer === entry.producer && row.seq !== undefined
        ? [{ seq: row.seq, index }]
        : [],
    );
    const seq = entry.seq ?? 0;
    if (own.some((other) => other.seq === seq)) return false;
    const before = own.filter((other) => other.seq < seq).sort((one, other) => other.seq - one.seq)[0];
    const behind = own.filter((other) => other.seq > seq).sort((one, other) => one.seq - other.seq)[0];
    let low = before === undefined ? 0 : before.index + 1;
    let high = behind === undefined ? this.placed.length : behind.index;
    while (low < high && !Number.isNaN(entry.timeMs)) {
      const middle = (low + high) >>> 1;
      const row = this.placed[middle]?.row;
      if (row?.kind === "entry" && row.timeMs > entry.timeMs) high = middle;
      else low = middle + 1;
    }
    const front = this.placed[low - 1]?.key ?? Number.NEGATIVE_INFINITY;
    const next = this.placed[low]?.key ?? Number.POSITIVE_INFINITY;
    const key = Math.min(entry.timeMs > front ? entry.timeMs : front, next);
    this.placed.splice(low, 0, { row: entry, key });
    this.#hasHistory ||= key !== Number.POSITIVE_INFINITY;
    return true;
  }

  /** Only these are held any more. */
  keep(names: ReadonlySet<string>): void {
    this.placed = this.placed.filter(({ row }) => names.has(row.name));
  }

  shown(view: NaiveView): NaiveRow[] {
    const rows: NaiveRow[] = [];
    for (const row of this.#passing(view)) {
      const before = rows.at(-1);
      const joined = before === undefined ? undefined : joinGaps(before, row);
      if (joined === undefined) rows.push(row);
      else rows[rows.length - 1] = joined;
    }
    return rows;
  }

  /** The same, with every gap by itself. */
  #passing({ passes, muted, range }: NaiveView): NaiveRow[] {
    return this.placed
      .map(({ row }) => row)
      .filter((row) => {
        if (row.kind === "live") return range === undefined && this.#hasHistory;
        if (muted.includes(row.producer)) return false;
        if (row.kind === "gap") return true;
        const isIn = range === undefined || (row.timeMs >= range.fromMs && row.timeMs < range.toMs);
        return isIn && passes(row);
      });
  }

  /** `key`: of a row of the history. */
  #place(row: NaiveRow, key: number | undefined, nowMs: number): void {
    const state = this.#state(row.producer ?? "");
    if (key !== undefined && !state.isLive && !(this.#markMs !== undefined && key > this.#markMs)) {
      const at = this.placed.findLastIndex((other) => other.key <= key) + 1;
      this.placed.splice(at, 0, { row, key });
      state.key = key;
      state.hasHistory = true;
      this.#hasHistory = true;
      return;
    }
    state.isLive = true;
    if (this.#markMs === undefined) {
      this.#markMs = nowMs;
      this.placed.push({
        row: { kind: "live", name: "live", producer: undefined },
        key: Number.POSITIVE_INFINITY,
      });
    }
    this.placed.push({ row, key: Number.POSITIVE_INFINITY });
  }

  #state(producer: string): State {
    const state = this.#states.get(producer) ?? {
      key: Number.NEGATIVE_INFINITY,
      recentMs: [],
      hasHistory: false,
      isLive: false,
      gaps: [],
    };
    this.#states.set(producer, state);
    return state;
  }
}

/** The keys of `mergeKeys`, by comparing each time with each. Sets the last times of the state. */
function naiveKeys(own: readonly number[], state: State, nowMs: number, isLast: boolean): number[] {
  const times = [...state.recentMs, ...own];
  const before = state.recentMs.length;
  const [dayMs, minuteMs] = [86_400_000, 60_000];
  const known = times.filter((ms) => !Number.isNaN(ms));
  const above = known.filter((ms) => ms > nowMs + dayMs).length;
  const mostMs = above > 1 && above > known.length / 2 ? Number.POSITIVE_INFINITY : nowMs + dayMs;
  const lengths: number[] = [];
  for (const time of times) {
    const shorter = lengths.filter((_, other) => (times[other] ?? 0) <= time);
    lengths.push(time >= state.key && time <= mostMs ? 1 + Math.max(0, ...shorter) : 0);
  }
  const kept: number[] = [];
  let end = times.length;
  for (let length = Math.max(0, ...lengths); length > 0; length -= 1) {
    end = lengths.lastIndexOf(length, end - 1);
    kept.unshift(end);
  }
  const last = kept.at(-1) ?? -1;
  const lastMs = times[last] ?? 0;
  const near = [state.key, ...times.slice(0, last)].filter((ms) => ms <= lastMs && ms >= lastMs - minuteMs);
  const isTrusted = isLast && last >= before && lastMs <= nowMs + dayMs;
  if (last !== -1 && near.length === 0 && !isTrusted) kept.pop();
  let { key } = state;
  for (const index of kept) if (index < before) key = times[index] ?? key;
  if (key === Number.NEGATIVE_INFINITY) {
    const first = kept.find((index) => index >= before);
    const isAhead = isLast && times.some((ms) => ms > nowMs);
    key = first === undefined ? (isAhead ? nowMs : key) : (times[first] ?? key);
  }
  state.recentMs = known.slice(-2);
  return own.map((time, index) => {
    key = kept.includes(index + before) ? time : key;
    return key;
  });
}

function gapRow(producer: string, gap: Missing): NaiveGap {
  return {
    kind: "gap",
    name: `${producer} gap ${gap.first}`,
    producer,
    gap,
    missing: gap.last - gap.first + 1,
  };
}

/** Two gaps as one, if they are of one kind. */
function joinGaps(before: NaiveRow, row: NaiveRow): NaiveGap | undefined {
  if (before.kind !== "gap" || row.kind !== "gap" || before.producer !== row.producer) {
    return undefined;
  }
  const isOne = before.gap.reason === row.gap.reason && before.gap.last < row.gap.first;
  return isOne
    ? { ...before, gap: { ...before.gap, last: row.gap.last }, missing: before.missing + row.missing }
    : undefined;
}
