/** Entries wait for company, for a moment: a listener is called once for many of them. */

/** Entries that wait for the next batch; more make it come at once. */
const MAX_BATCH = 4_096;
/** How long an entry may wait for company. */
const BATCH_DELAY_MS = 10;

export class Batch<Item> {
  readonly #deliver: (items: readonly Item[]) => void;
  #items: Item[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(deliver: (items: readonly Item[]) => void) {
    this.#deliver = deliver;
  }

  push(item: Item): void {
    this.#items.push(item);
    if (this.#items.length >= MAX_BATCH) {
      this.flush();
    } else {
      this.#timer ??= setTimeout(() => this.flush(), BATCH_DELAY_MS);
    }
  }

  /** Delivers what waits. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const items = this.#items;
    this.#items = [];
    if (items.length > 0) {
      this.#deliver(items);
    }
  }
}
