/** Searchers, which the page starts for the store, and whose messages it passes on: `store/search/relay.ts` says why. */

import { buffersOf, type FromSearcher, type ToSearcher } from "../../store/search/messages";
import type { FromPageOfSearcher, ToPageOfSearcher } from "../../store/search/relay";

/** What is needed of a `Worker`. */
export interface SearcherWorker {
  postMessage(message: ToSearcher, transfer: Transferable[]): void;
  onmessage: ((event: MessageEvent<FromSearcher>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  terminate(): void;
}

export class Searchers {
  readonly #start: () => SearcherWorker;
  readonly #toStore: (message: FromPageOfSearcher) => void;
  readonly #workers = new Map<number, SearcherWorker>();

  constructor(start: () => SearcherWorker, toStore: (message: FromPageOfSearcher) => void) {
    this.#start = start;
    this.#toStore = toStore;
  }

  handle(message: ToPageOfSearcher): void {
    if (message.kind === "echo") {
      this.#toStore(message);
      return;
    }
    const { searcher } = message;
    const worker = this.#workers.get(searcher);
    switch (message.kind) {
      case "start searcher":
        this.#begin(searcher);
        break;
      case "searcher":
        worker?.postMessage(message.message, buffersOf(message.message));
        break;
      case "end searcher":
        worker?.terminate();
        this.#workers.delete(searcher);
        break;
    }
  }

  #begin(searcher: number): void {
    const toStore = (message: FromSearcher | undefined) =>
      this.#toStore({ kind: "searcher", searcher, message });
    try {
      const worker = this.#start();
      this.#workers.set(searcher, worker);
      worker.onmessage = ({ data }) => toStore(data);
      worker.onerror = () => toStore(undefined);
    } catch {
      toStore(undefined);
    }
  }
}
