/** Looking at entries of a block, here or in a searcher. */

import type { Block } from "../block";
import type { Engine } from "../engine/engine";
import type { MatchBlock, Matcher } from "../query/matcher";
import { OTHER_TARGET, type Targets, targetText } from "../targets";
import type { Texts } from "../texts";

export interface LookingParts {
  readonly engine: Engine;
  readonly texts: Texts;
  readonly targets: Pick<Targets, "text">;
}

/** The indexes, from `from` on, of the entries that pass; all of them if there is no matcher. */
export function passing(
  matcher: Matcher | undefined,
  block: Block,
  from: number,
  parts: LookingParts,
): Uint16Array {
  const found =
    matcher?.match(matchBlock(block, from, parts), parts.engine) ??
    Uint16Array.from({ length: block.count - from }, (_, index) => index);
  return from === 0 ? found : found.map((index) => index + from);
}

/** The entries of a block from `from` on, as a matcher sees them. */
export function matchBlock(
  block: Block,
  from: number,
  { texts, targets }: Pick<LookingParts, "texts" | "targets">,
): MatchBlock {
  const columns = block.columns();
  const producer = block.producer;
  return {
    count: block.count - from,
    producer: producer?.id ?? "",
    producerNames: producer?.names ?? [],
    levels: columns.levels.subarray(from, block.count),
    time: (index) => columns.time(from + index),
    target: (index) => targetOf(block, from + index, texts, targets),
    get traces() {
      return columns.traces(block.count).subarray(from);
    },
    bytes: () => texts.peek(block, from).bytes,
  };
}

/** The target of an entry; empty for a line that is none. */
export function targetOf(block: Block, index: number, texts: Texts, targets: Pick<Targets, "text">): string {
  const number = block.columns().targets[index] ?? OTHER_TARGET;
  const known = targets.text(number);
  if (known !== undefined) {
    return known;
  }
  const { bytes, scan } = texts.peek(block, 0);
  return targetText(bytes, scan.targetStarts[index] ?? 0, scan.targetEnds[index] ?? 0);
}
