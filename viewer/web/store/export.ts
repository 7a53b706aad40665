/** Entries as a file. Each line of NDJSON is what was sent, with the id of its producer as a last member. */

import type { ExportFormat } from "./protocol";
import type { Pause } from "./requests";
import type { Item } from "./sessions";
import type { Store } from "./store";
import { CsvWriter } from "./summary/csv";
import { withProducer } from "./summary/ndjson";

/** After so long, others have their turn. */
const SLICE_MS = 8;
/** Texts go into the file in parts: one text of all would not fit into one. */
const PART_LENGTH = 1 << 20;

/** In the order of the list. What is dropped meanwhile is left out. */
export async function exportOf(
  store: Store,
  format: ExportFormat,
  isFiltered: boolean,
  pause: Pause,
): Promise<Blob> {
  const items = [...store.items(isFiltered ? "shown" : "all")].filter(
    ({ block }) => block.kind === "entries",
  );
  const parts = new Parts();
  if (format === "ndjson") {
    await each(store, items, pause, (line, producer) => parts.add(`${withProducer(line, producer)}\n`));
    return new Blob(parts.end(), { type: "application/x-ndjson" });
  }
  const csv = new CsvWriter();
  await each(store, items, pause, (line) => csv.learn(line));
  parts.add(csv.header());
  await each(store, items, pause, (line, producer) => parts.add(csv.row(producer, line)));
  return new Blob(parts.end(), { type: "text/csv" });
}

async function each(
  store: Store,
  items: readonly Item[],
  pause: Pause,
  work: (line: string, producer: string) => void,
): Promise<void> {
  let turn = performance.now();
  for (const { block, index } of items) {
    if (block.chunks.length > 0) {
      work(store.texts.line(block, index), block.producer?.id ?? "");
    }
    if (performance.now() - turn > SLICE_MS) {
      await pause();
      turn = performance.now();
    }
  }
}

class Parts {
  readonly #parts: Blob[] = [];
  #texts: string[] = [];
  #length = 0;

  add(text: string): void {
    this.#texts.push(text);
    this.#length += text.length;
    if (this.#length > PART_LENGTH) {
      this.#flush();
    }
  }

  end(): Blob[] {
    this.#flush();
    return this.#parts;
  }

  #flush(): void {
    this.#parts.push(new Blob(this.#texts));
    this.#texts = [];
    this.#length = 0;
  }
}
