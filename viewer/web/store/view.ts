/** What of the log the list shows. Blocks are looked at one after the other, the newest first. */

import type { Block } from "./block";
import type { Engine } from "./engine/engine";
import type { View as Wanted } from "./protocol";
import type { MatchBlock, Matcher } from "./query/matcher";
import { OTHER_TARGET, type Targets, targetText } from "./targets";
import type { Texts } from "./texts";

export interface ViewParts {
  readonly engine: Engine;
  readonly texts: Texts;
  readonly targets: Targets;
  /** Whether the mark is worth a row. */
  readonly isMarkShown: () => boolean;
  /** A block has been looked at. */
  readonly onEvaluated: (block: Block) => void;
}

export class View {
  readonly #parts: ViewParts;
  #matcher: Matcher | undefined;
  #muted: ReadonlySet<string> = new Set();
  #range: Wanted["range"];
  /** Blocks that have to be looked at, the next one last. */
  #pending: Block[] = [];
  readonly #isPending = new Set<Block>();

  constructor(parts: ViewParts) {
    this.#parts = parts;
  }

  /** Whether blocks wait to be looked at. */
  get isBusy(): boolean {
    return this.#pending.length > 0;
  }

  /** Another view of these blocks, the oldest first. `matcher` is undefined for everything. */
  set(
    matcher: Matcher | undefined,
    { muted, range }: Pick<Wanted, "muted" | "range">,
    blocks: Iterable<Block>,
  ): void {
    this.#matcher = matcher;
    this.#muted = new Set(muted);
    this.#range = range;
    this.#pending = [];
    this.#isPending.clear();
    for (const block of blocks) {
      block.evaluated = 0;
      block.matches = undefined;
      this.admit(block);
    }
  }

  /** A block is new, or has got more entries. What needs no look is known at once. */
  admit(block: Block): void {
    if (block.kind !== "entries") {
      block.evaluated = this.#passesRow(block) ? 1 : 0;
    } else if (this.#matcher === undefined && this.#range === undefined && this.#muted.size === 0) {
      block.evaluated = block.count;
    } else if (!this.#isPending.has(block)) {
      this.#pending.push(block);
      this.#isPending.add(block);
    }
  }

  forget(block: Block): void {
    this.#isPending.delete(block);
  }

  /** Looks at the next block, if one waits. */
  step(): void {
    const block = this.#pending.pop();
    if (block !== undefined && this.#isPending.delete(block)) {
      const from = block.evaluated;
      const found = this.#find(block, from);
      const isAll = found.length === block.count - from && block.matches === undefined;
      if (!isAll) {
        const known = block.matches ?? Uint16Array.from({ length: from }, (_, index) => index);
        const matches = new Uint16Array(known.length + found.length);
        matches.set(known);
        matches.set(found, known.length);
        block.matches = matches;
      }
      block.evaluated = block.count;
      this.#parts.onEvaluated(block);
    }
  }

  #passesRow({ producer, kind }: Block): boolean {
    return kind === "live"
      ? this.#range === undefined && this.#parts.isMarkShown()
      : !this.#muted.has(producer?.id ?? "");
  }

  /** The entries from `from` on that pass. */
  #find(block: Block, from: number): Uint16Array {
    const { producer, count, minMs, maxMs } = block;
    const range = this.#range;
    if (
      producer === undefined ||
      this.#muted.has(producer.id) ||
      (range !== undefined && !(maxMs >= range.fromMs && minMs < range.toMs))
    ) {
      return new Uint16Array();
    }
    const found =
      this.#matcher?.match(this.#slice(block, from), this.#parts.engine).map((index) => index + from) ??
      Uint16Array.from({ length: count - from }, (_, index) => index + from);
    if (range === undefined) {
      return found;
    }
    const columns = block.columns();
    return found.filter((index) => {
      const time = columns.time(index);
      return time >= range.fromMs && time < range.toMs;
    });
  }

  #slice(block: Block, from: number): MatchBlock {
    return matchBlock(block, from, this.#parts);
  }
}

/** The entries of a block from `from` on, as a matcher sees them. */
export function matchBlock(
  block: Block,
  from: number,
  { texts, targets }: Pick<ViewParts, "texts" | "targets">,
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
    text: () => texts.peek(block, from),
  };
}

/** The target of an entry; empty for a line that is none. */
export function targetOf(block: Block, index: number, texts: Texts, targets: Targets): string {
  const number = block.columns().targets[index] ?? OTHER_TARGET;
  const known = targets.text(number);
  if (known !== undefined) {
    return known;
  }
  const { bytes, scan } = texts.peek(block, 0);
  return targetText(bytes, scan.targetStarts[index] ?? 0, scan.targetEnds[index] ?? 0);
}
