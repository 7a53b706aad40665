/** The page's side of the worker that holds the log. */

import type { MakeReader } from "../../consumer/extension/reader";
import type { ToPage, ToWorker } from "../../store/messages";
import type { Notices, Requests, StoreClient } from "../../store/protocol";
import { trustedScriptUrl } from "../../store/script_url";
import { SEARCHER_NAME } from "../../store/search/name";
import workerUrl from "../../store/worker.ts?worker&url";
import { RemoteReader } from "./reader";
import { Searchers, type SearcherWorker } from "./searchers";

/** What the client needs of a `Worker`. */
export interface WorkerLike {
  postMessage(message: ToWorker, transfer: Transferable[]): void;
  onmessage: ((event: MessageEvent<ToPage>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

interface Waiting {
  resolve(value: never): void;
  reject(error: Error): void;
}

export class WorkerStore implements StoreClient {
  readonly #worker: WorkerLike;
  readonly #searchers: Searchers;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Map<keyof Notices, Set<(notice: never) => void>>();
  readonly #readers = new Map<number, RemoteReader>();
  #lastId = 0;
  #failure: Error | undefined;
  readonly #added = new Map<string, number>();

  constructor(worker: WorkerLike, startSearcher: () => SearcherWorker) {
    this.#worker = worker;
    this.#searchers = new Searchers(startSearcher, (message) => this.#post(message));
    worker.onmessage = ({ data }) => this.#handle(data);
    worker.onerror = ({ message }) => this.#fail(new Error(message || "the worker has failed"));
  }

  ask<Name extends keyof Requests>(
    name: Name,
    value: Requests[Name]["ask"],
  ): Promise<Requests[Name]["answer"]> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) {
        reject(this.#failure);
        return;
      }
      this.#lastId += 1;
      this.#waiting.set(this.#lastId, { resolve, reject });
      this.#post({ kind: "ask", id: this.#lastId, name, value });
    });
  }

  on<Name extends keyof Notices>(name: Name, listener: (notice: Notices[Name]) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** By which names a query may call producers. */
  nameProducers(
    producers: Iterable<{ readonly id: string; readonly clientId: string; readonly systemName: string }>,
  ): void {
    const names = [...producers].map(({ id, clientId, systemName }) => [id, [clientId, systemName]] as const);
    this.#post({ kind: "names", names });
  }

  /** How many entries of a producer fetches have added, in all. */
  addedOf(producer: string): number {
    return this.#added.get(producer) ?? 0;
  }

  /**
   * For the consumer's option `readers`: channels are read in the worker. `takeFormer` returns the number that the page before
   * expected next in a session, once.
   */
  readers(takeFormer: (session: string) => number | undefined): MakeReader {
    return (handlers, producer) => {
      this.#lastId += 1;
      const channel = this.#lastId;
      const post = (message: ToWorker, transfer?: Transferable[]) => this.#post(message, transfer);
      const reader = new RemoteReader({
        channel,
        post,
        takeFormer,
        onDone: () => this.#readers.delete(channel),
        handlers: {
          ...handlers,
          onAdded: (count) => this.#added.set(producer, this.addedOf(producer) + count),
        },
      });
      this.#readers.set(channel, reader);
      this.#post({ kind: "channel", channel, producer });
      return reader;
    };
  }

  #post(message: ToWorker, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #handle(message: ToPage): void {
    switch (message.kind) {
      case "answer":
        this.#settle(message.id)?.resolve(message.value as never);
        break;
      case "failure":
        this.#settle(message.id)?.reject(new Error(message.message));
        break;
      case "notice":
        for (const listener of this.#listeners.get(message.name) ?? []) {
          listener(message.value as never);
        }
        break;
      case "reports":
        this.#readers.get(message.channel)?.report(message.read, message.reports);
        break;
      default:
        this.#searchers.handle(message);
    }
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  #fail(error: Error): void {
    this.#failure = error;
    for (const { reject } of this.#waiting.values()) {
      reject(error);
    }
    this.#waiting.clear();
  }
}

/** Starts the worker. */
export function startStore(): WorkerStore {
  const url = trustedScriptUrl(workerUrl);
  const start = (name: string) => new Worker(url, { type: "module", name });
  return new WorkerStore(start("store"), () => start(SEARCHER_NAME));
}
