/** The first line of a message of the extension, and how the lines behind it are numbered. No I/O; nothing throws. */

export type Fields = Readonly<Record<string, unknown>>;

/** Before the line `index`, so many numbers were left out by a filter. */
export type Hole = readonly [index: number, skipped: number];

/** The numbers from `first` to `last`, of which `count` have a line. */
export interface BatchHeader {
  readonly first: number;
  readonly last: number;
  readonly count: number;
  /** By index. */
  readonly holes: readonly Hole[];
}

/** Reads the header of a batch; undefined if it contradicts itself. */
export function parseBatchHeader(header: Fields): BatchHeader | undefined {
  const holes = parseHoles(header.holes);
  const { count } = header;
  if (!isRange(header) || !isSeq(count) || holes === undefined) {
    return undefined;
  }
  const { first, last } = header;
  let end = first + count;
  let hole = 0;
  let index = 0;
  // Those out of order stand for nothing, and are found by what remains.
  for (; hole < holes.length; hole += 1) {
    const [before, skipped] = holes[hole] ?? [0, 0];
    if (before < index || before >= count) {
      break;
    }
    index = before;
    end += skipped;
  }
  // A hole behind the last line is told by `last`, and may be told by a hole too.
  const isRight = end <= last + 1 && holes.slice(hole).every(([before]) => before === count);
  return isRight ? { first, last, count, holes: holes.slice(0, hole) } : undefined;
}

/** `[[index, skipped], …]`. */
function parseHoles(value: unknown): readonly Hole[] | undefined {
  if (value === undefined) {
    return [];
  }
  const isHole = (hole: unknown): hole is Hole =>
    Array.isArray(hole) && hole.length === 2 && isSeq(hole[0]) && isSeq(hole[1]);
  return Array.isArray(value) && value.every(isHole) ? value : undefined;
}

/** The number of each line, in order. */
export function* numbersOf({ first, count, holes }: BatchHeader): Generator<number, void> {
  let seq = first;
  let hole = 0;
  for (let index = 0; index < count; index += 1) {
    for (let next = holes[hole]; next?.[0] === index; next = holes[hole]) {
      seq += next[1];
      hole += 1;
    }
    yield seq;
    seq += 1;
  }
}

export function isRange(value: Fields): value is Fields & { readonly first: number; readonly last: number } {
  return isSeq(value.first) && isSeq(value.last) && value.first <= value.last;
}

/** A number that JSON and JavaScript agree on. */
export function isSeq(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
