/**
 * The keys by which history is merged over producers. Entries of one producer stay in their order, so their keys never descend.
 * A clock that is wrong for a moment must not move the entries behind it: the keys are the times of the longest ascending
 * sequence, and any other entry stands at the key of the one in front of it.
 */

/** Clocks of two machines differ; a time that is later than its arrival by more than this is wrong. */
const MAX_AHEAD_MS = 24 * 60 * 60 * 1_000;

/** Times of entries that came together. */
interface Times {
  /** `NaN` for none. */
  time(index: number): number;
}

/** The keys of the entries from `from` to before `to`, behind one whose key is `keyMs`: `-Infinity` for none. */
export function mergeKeys(
  times: Times,
  from: number,
  to: number,
  keyMs: number,
  arrivalMs: number,
): Float64Array {
  const keys = Float64Array.from({ length: to - from }, (_, index) => times.time(from + index));
  const kept = longestAscent(keys, keyMs, arrivalMs + MAX_AHEAD_MS);
  let key = keyMs;
  if (key === Number.NEGATIVE_INFINITY) {
    const isAhead = keys.some((ms) => ms > arrivalMs);
    key = keys[kept[0] ?? -1] ?? (isAhead ? arrivalMs : key);
  }
  let next = 0;
  for (let index = 0; index < keys.length; index += 1) {
    if (index === kept[next]) {
      key = keys[index] ?? key;
      next += 1;
    }
    keys[index] = key;
  }
  return keys;
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
