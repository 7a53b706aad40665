/**
 * The keys by which history is merged over producers. Entries of one producer stay in their order, so their keys never descend.
 * A clock that is wrong for a moment must not move the entries behind it: the keys are the times of the longest ascending
 * sequence, and any other entry stands at the key of the one in front of it. History comes in parts: a time that ends a part is
 * a key if another time or key confirms it, so that a wrong one moves the parts behind it by `CONFIRMED_MS` at most.
 */

/** Clocks of two machines differ; a time that is later than its arrival by more than this is wrong, unless most times are. */
const MAX_AHEAD_MS = 24 * 60 * 60 * 1_000;
/** A time is confirmed by one in front of it that is earlier by at most this. */
export const CONFIRMED_MS = 60 * 1_000;
/** How many times in front of a part are looked at again with it: one of two is right if a single one is wrong. */
const RECENT = 2;

/** Times of entries that came together. */
interface Times {
  /** `NaN` for none. */
  time(index: number): number;
}

/** A part of a producer's history: the entries from `from` to before `to`. */
export interface Part {
  readonly times: Times;
  readonly from: number;
  readonly to: number;
  readonly arrivalMs: number;
  /** Whether the history ends with it: nothing stands behind its last time that this could move. */
  readonly isLast: boolean;
}

/** What the keys of a part follow from. */
export interface KeysBefore {
  /** The key of the entry in front: `-Infinity` for none. */
  readonly keyMs: number;
  /** The last times in front, with those that are no keys. */
  readonly recentMs: readonly number[];
}

/** The keys of a part, and the `recentMs` of the part behind it. */
export function mergeKeys(
  { times, from, to, arrivalMs, isLast }: Part,
  { keyMs, recentMs }: KeysBefore,
): { readonly keys: Float64Array; readonly recentMs: readonly number[] } {
  const own = recentMs.length;
  const known = new Float64Array(own + to - from);
  known.set(recentMs);
  for (let index = from; index < to; index += 1) {
    known[own + index - from] = times.time(index);
  }
  const limitMs = arrivalMs + MAX_AHEAD_MS;
  const kept = longestAscent(known, keyMs, areMostAbove(known, limitMs) ? Number.POSITIVE_INFINITY : limitMs);
  const last = kept.at(-1) ?? 0;
  const endsHistory = isLast && last >= own && (known[last] ?? 0) <= limitMs;
  if (!endsHistory && !isConfirmed(known, last, keyMs)) {
    kept.pop();
  }
  let key = keyMs;
  let next = 0;
  for (; (kept[next] ?? own) < own; next += 1) {
    key = known[kept[next] ?? 0] ?? key;
  }
  if (key === Number.NEGATIVE_INFINITY) {
    const isAhead = isLast && known.some((ms) => ms > arrivalMs);
    key = known[kept[next] ?? -1] ?? (isAhead ? arrivalMs : key);
  }
  const keys = new Float64Array(to - from);
  for (let index = own; index < known.length; index += 1) {
    if (index === kept[next]) {
      key = known[index] ?? key;
      next += 1;
    }
    keys[index - own] = key;
  }
  return { keys, recentMs: lastOf(known) };
}

/** Whether two times at least, and more than half of them, are above a limit: then it is the reader's clock that is wrong. */
function areMostAbove(times: Float64Array, limitMs: number): boolean {
  let [above, all] = [0, 0];
  for (const time of times) {
    above += time > limitMs ? 1 : 0;
    all += Number.isNaN(time) ? 0 : 1;
  }
  return above > 1 && 2 * above > all;
}

/** Whether a time is near the key in front, or near a time in front of it. */
function isConfirmed(times: Float64Array, index: number, keyMs: number): boolean {
  const time = times[index] ?? Number.NaN;
  const isNear = (ms: number) => ms <= time && time - ms <= CONFIRMED_MS;
  return isNear(keyMs) || times.subarray(0, index).some(isNear);
}

/** The last few that are times. */
function lastOf(times: Float64Array): readonly number[] {
  const last: number[] = [];
  for (let index = times.length - 1; index >= 0 && last.length < RECENT; index -= 1) {
    const time = times[index] ?? Number.NaN;
    if (!Number.isNaN(time)) {
      last.unshift(time);
    }
  }
  return last;
}

/** The indexes of as many times between two bounds as ascend, by patience sorting: of several such sequences, the lowest. */
function longestAscent(times: Float64Array, leastMs: number, mostMs: number): number[] {
  /** By length, the last index of the sequence that ends lowest. */
  const ends: number[] = [];
  const before = new Int32Array(times.length);
  const timeOf = (length: number) => times[ends[length - 1] ?? -1] ?? Number.NEGATIVE_INFINITY;
  for (const [index, time] of times.entries()) {
    if (!(time >= leastMs && time <= mostMs)) {
      continue;
    }
    let low = 0;
    let high = ends.length;
    while (low < high) {
      // Most times ascend: the last one is looked at first.
      const middle = high === ends.length && low === 0 ? high : (low + high + 1) >>> 1;
      if (timeOf(middle) <= time) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    before[index] = ends[low - 1] ?? -1;
    ends[low] = index;
  }
  const kept = new Array<number>(ends.length);
  let index = ends.at(-1) ?? -1;
  for (let length = ends.length; length > 0; length -= 1) {
    kept[length - 1] = index;
    index = before[index] ?? -1;
  }
  return kept;
}
