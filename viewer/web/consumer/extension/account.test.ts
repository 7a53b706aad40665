import { describe, expect, test } from "vitest";
import { Account, type Taken } from "./account";
import type { Batch, Welcome } from "./frames";
import { entry } from "./frames.testing";

function welcome(from: number, resumed = false): Welcome {
  return { session: "s", oldest: 0, from, next: from, resumed };
}

/** A batch of the numbers from `first` to `last`, without those that are left out. */
function batch(first: number, last: number, leftOut: number[] = []): Batch {
  const numbers = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const lines = numbers.filter((seq) => !leftOut.includes(seq)).map((seq) => ({ seq, entry: entry(seq) }));
  return { type: "batch", first, last, lines };
}

const NEW = { session: "s", next: undefined };

function numbers({ entries }: Taken): number[] {
  return entries.map(({ seq }) => seq);
}

test("numbers that follow each other are all delivered", () => {
  const { account, taken } = Account.open(welcome(5), NEW);
  expect(taken.missing).toEqual([]);
  expect(numbers(account.takeBatch(batch(5, 6)))).toEqual([5, 6]);
  expect(account.takeBatch(batch(7, 9))).toMatchObject({ missing: [], malformed: 0, filtered: 0 });
  expect(account.next).toBe(10);
});

test("what comes again is not delivered again", () => {
  const { account } = Account.open(welcome(0), NEW);
  account.takeBatch(batch(0, 5));
  expect(account.takeBatch(batch(0, 5))).toEqual({ missing: [], entries: [], malformed: 0, filtered: 0 });
  expect(account.takeBatch(batch(3, 8, [4, 7]))).toMatchObject({ missing: [], filtered: 1 });
  expect(account.takeGap({ first: 2, last: 8, reason: "overflow" }).missing).toEqual([]);
  expect(account.next).toBe(9);
  expect(numbers(account.takeBatch(batch(9, 9)))).toEqual([9]);
});

test("a jump is a gap in front of what comes", () => {
  const { account } = Account.open(welcome(0), NEW);
  account.takeBatch(batch(0, 0));
  const taken = account.takeBatch(batch(4, 5));
  expect(taken.missing).toEqual([{ first: 1, last: 3, reason: "unreadable" }]);
  expect(numbers(taken)).toEqual([4, 5]);
});

test("a gap that the producer tells has its reason, and the jump to it another", () => {
  const { account } = Account.open(welcome(0), NEW);
  expect(account.takeGap({ first: 0, last: 9, reason: "overflow" }).missing).toEqual([
    { first: 0, last: 9, reason: "overflow" },
  ]);
  expect(account.takeGap({ first: 12, last: 12, reason: "oversize" }).missing).toEqual([
    { first: 10, last: 11, reason: "unreadable" },
    { first: 12, last: 12, reason: "oversize" },
  ]);
  expect(account.takeGap({ first: 8, last: 14, reason: "refused" }).missing).toEqual([
    { first: 13, last: 14, reason: "refused" },
  ]);
  expect(account.next).toBe(15);
});

test("what a filter left out is counted and not missing", () => {
  const { account } = Account.open(welcome(0), NEW);
  expect(account.takeBatch(batch(0, 9, [0, 1, 5, 9]))).toMatchObject({ missing: [], filtered: 4 });
  expect(account.takeBatch({ type: "batch", first: 10, last: 999, lines: [] })).toMatchObject({
    filtered: 990,
  });
  expect(account.next).toBe(1_000);
});

test("a line that is no entry is malformed and has its number", () => {
  const { account } = Account.open(welcome(0), NEW);
  const lines = [
    { seq: 0, entry: undefined },
    { seq: 1, entry: entry(1) },
  ];
  const taken = account.takeBatch({ type: "batch", first: 0, last: 1, lines });
  expect(taken).toMatchObject({ malformed: 1, filtered: 0 });
  expect(numbers(taken)).toEqual([1]);
});

describe("a consumer that resumes", () => {
  test("goes on where it was", () => {
    const { account, taken } = Account.open(welcome(100, true), { session: "s", next: 100 });
    expect([taken.missing, account.next]).toEqual([[], 100]);
  });

  test("misses what is not held any more", () => {
    const { account, taken } = Account.open(welcome(112, true), { session: "s", next: 100 });
    expect(taken.missing).toEqual([{ first: 100, last: 111, reason: "away" }]);
    expect(account.next).toBe(112);
  });

  test("leaves out what it has", () => {
    const { account } = Account.open(welcome(90, true), { session: "s", next: 100 });
    expect(numbers(account.takeBatch(batch(90, 101)))).toEqual([100, 101]);
  });

  test("begins anew where its session is another one", () => {
    const { account, taken } = Account.open(welcome(3, false), { session: "s", next: 100 });
    expect(taken.missing).toEqual([]);
    expect(numbers(account.takeBatch(batch(3, 4)))).toEqual([3, 4]);
  });

  test("misses the first entries, too", () => {
    const { account, taken } = Account.open(welcome(12, false), { session: "s", next: 0 });
    expect(taken.missing).toEqual([{ first: 0, last: 11, reason: "away" }]);
    expect(account.next).toBe(12);
    const other = Account.open({ ...welcome(12, false), session: "t" }, { session: "s", next: 0 });
    expect(other.taken.missing).toEqual([]);
  });
});
