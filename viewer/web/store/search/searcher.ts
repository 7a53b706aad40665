/** Looks at the blocks that are given to it. It runs where it can be ended in the midst of a regular expression. No I/O. */

import { Block } from "../block";
import type { Engine } from "../engine/engine";
import { Producer } from "../producer";
import { compile } from "../query/compile";
import type { Matcher } from "../query/matcher";
import { Texts } from "../texts";
import { type LookingParts, passing } from "./looking";
import type { BlockCopy, FromSearcher, ToSearcher } from "./messages";

/** What was found is told this often, so that a batch that takes its time is not one that stands still. */
const TELL_MS = 20;

export interface SearcherParts {
  readonly engine: Engine;
  readonly post: (message: FromSearcher) => void;
  readonly now: () => number;
}

export class Searcher {
  readonly #parts: SearcherParts;
  readonly #looking: LookingParts & { readonly texts: Texts };
  readonly #targets: string[] = [];
  #matcher: Matcher | undefined;

  constructor(parts: SearcherParts) {
    this.#parts = parts;
    const targets = { text: (number: number) => this.#targets[number] };
    this.#looking = { engine: parts.engine, texts: new Texts(parts.engine), targets };
    parts.post({ kind: "ready" });
  }

  handle(message: ToSearcher): void {
    switch (message.kind) {
      case "query":
        this.#matcher = message.query.kind === "all" ? undefined : compile(message.query);
        break;
      case "targets":
        this.#targets.push(...message.texts);
        break;
      case "look":
        this.#look(message.blocks);
        break;
    }
  }

  #look(blocks: readonly BlockCopy[]): void {
    const { now, post } = this.#parts;
    let found: Uint16Array[] = [];
    let toldMs = now();
    for (const copy of blocks) {
      found.push(passing(this.#matcher, blockOf(copy), copy.from, this.#looking));
      if (now() - toldMs > TELL_MS) {
        post({ kind: "found", found });
        [found, toldMs] = [[], now()];
      }
    }
    if (found.length > 0) {
      post({ kind: "found", found });
    }
    // The block does not come again.
    this.#looking.texts.clear();
  }
}

/** A copy of a block; the buffer belongs to it and is to be transferred. */
export function copyOf(block: Block, from: number): BlockCopy {
  return {
    producer: block.producer?.id ?? "",
    producerNames: block.producer?.names ?? [],
    buffer: block.buffer.slice(0),
    shape: block.shape,
    bodyStart: block.bodyStart,
    count: block.count,
    text: block.text === undefined ? undefined : Uint8Array.from(block.text.subarray(0, block.textLength)),
    from,
  };
}

function blockOf({ producer: id, producerNames, buffer, shape, bodyStart, count, text }: BlockCopy): Block {
  const producer = new Producer(id);
  producer.names = producerNames;
  const block = new Block({ number: 0, kind: "entries", producer, session: undefined, isFetched: false });
  block.setColumns(buffer, shape);
  block.bodyStart = bodyStart;
  block.count = count;
  block.text = text;
  block.textLength = text?.length ?? 0;
  return block;
}
