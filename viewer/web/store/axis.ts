/**
 * The time that the histogram counts: that of the entries, without a few that lie far from all others: a clock may have been
 * wrong. Of each file that is opened, too, they are few. What lies outside is counted.
 */

import type { Block } from "./block";
import { FILE_PREFIX, type Outside } from "./protocol";
import { type Times, timesWithin } from "./shown_times";

const DAY_MS = 24 * 60 * 60 * 1_000;
/** One in so many entries may be left out; of fewer than `FEW` none. */
const SHARE = 100;
const FEW = 4;
/** Old ones are left out if so many times the length of the rest lies between them and the newest. */
const FAR = 20;

const EVER = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;

/** What holds blocks. */
interface Held {
  blocks(): Iterable<Block>;
}

/** Between which times the axis lies. One of a day or less is that of all entries. */
export function axisOf(held: Held): Times {
  const all = timesWithin(held.blocks(), ...EVER);
  const mayBe = ({ count, oldestMs, newestMs }: Times) =>
    areFew(all.count - count, all.count) &&
    filesOf(held).every((blocks) => {
      const own = timesWithin(blocks, ...EVER).count;
      return areFew(own - timesWithin(blocks, oldestMs, newestMs).count, own);
    });
  let axis = all;
  // Later than it came by more than clocks differ.
  const limitMs = latestArrival(held) + DAY_MS;
  if (all.newestMs > limitMs) {
    const rest = timesWithin(held.blocks(), EVER[0], limitMs);
    axis = mayBe(rest) ? rest : all;
  }
  for (;;) {
    const { oldestMs, newestMs } = axis;
    const spanMs = newestMs - oldestMs;
    if (!(spanMs > DAY_MS)) {
      return axis;
    }
    const rest = timesWithin(held.blocks(), newestMs - spanMs / FAR, newestMs);
    if (!mayBe(rest)) {
      return axis;
    }
    axis = rest;
  }
}

function areFew(left: number, all: number): boolean {
  return left <= (all < FEW ? 0 : Math.max(1, Math.floor(all / SHARE)));
}

/** The blocks of each file that is opened. */
function filesOf(held: Held): readonly Block[][] {
  const files = new Map<string, Block[]>();
  for (const block of held.blocks()) {
    const id = block.producer?.id ?? "";
    if (id.startsWith(FILE_PREFIX)) {
      const blocks = files.get(id) ?? [];
      blocks.push(block);
      files.set(id, blocks);
    }
  }
  return [...files.values()];
}

/** What is shown before and behind an axis. */
export function outsideOf(held: Held, fromMs: number, toMs: number): readonly Outside[] {
  const sides = [
    ["before", EVER[0], fromMs - 1],
    ["behind", toMs, EVER[1]],
  ] as const;
  return sides.flatMap(([side, first, last]) => {
    const { count, oldestMs, newestMs } = timesWithin(held.blocks(), first, last);
    return count === 0 ? [] : [{ side, count, range: { fromMs: oldestMs, toMs: newestMs + 1 } }];
  });
}

function latestArrival(held: Held): number {
  let latest = Number.NEGATIVE_INFINITY;
  for (const block of held.blocks()) {
    latest = Math.max(latest, block.arrivalMs(Math.max(0, block.count - 1)));
  }
  return latest;
}
