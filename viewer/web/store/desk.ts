/**
 * Takes what the page posts: questions are answered at once, frames wait in a queue of their own and are read in slices, and
 * what waits for the query is looked at between them, or given to searchers. No I/O: posting and time are given.
 */

import { Channel } from "./channel";
import type { ToPage, ToWorker } from "./messages";
import type { Notices, Requests } from "./protocol";
import type { Report } from "./report";
import { handlers } from "./requests";
import { SearchPool, type StartSearcher } from "./search/pool";
import type { Store } from "./store";

/** So long frames are read, or blocks looked at, before a question has its turn. */
const SLICE_MS = 8;
const COUNTS_INTERVAL_MS = 100;
/** A page that asks for no window, because it is hidden, is told of changes this seldom. */
const UNASKED_INTERVAL_MS = 100;
const FRAME_MS = 15;

/** What `worker.ts` has left to the desk. */
export type ToDesk = Exclude<ToWorker, { kind: "searcher" | "echo" }>;

type Waiting = Extract<ToWorker, { kind: "take" | "expect" | "end" }>;

export interface DeskParts {
  readonly store: Store;
  readonly post: (message: ToPage) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Calls `work` soon, behind what has been posted meanwhile. */
  readonly soon: (work: () => void) => void;
  /** Starts a searcher; without it, everything is looked at here. */
  readonly startSearcher?: StartSearcher;
}

export class Desk {
  readonly #parts: DeskParts;
  readonly #channels = new Map<number, Channel>();
  /** Of the channel whose message is being read. */
  #reports: Report[] = [];
  /** What waits to be read, from `#head` on. */
  #queue: Waiting[] = [];
  #head = 0;
  /** How many messages of each channel wait. */
  readonly #waiting = new Map<number, number>();
  #isScheduled = false;
  #isSearchNext = false;
  #countsAt = 0;
  #countsVersion = -1;
  #changedAt = 0;
  #changedVersion = -1;
  #changedView = 0;
  #hasAsked = true;
  readonly #pool: SearchPool | undefined;
  #tickedAt: number;

  constructor(parts: DeskParts) {
    this.#parts = parts;
    this.#tickedAt = parts.now();
    const { store, startSearcher } = parts;
    if (startSearcher !== undefined) {
      this.#pool = new SearchPool({
        view: store.view,
        targets: store.targets,
        start: startSearcher,
        onFound: () => this.#schedule(),
        onSlow: (filter) => store.showing.giveUp(filter),
      });
    }
  }

  handle(message: ToDesk): void {
    switch (message.kind) {
      case "ask":
        this.#answer(message.id, message.name, message.value);
        this.#schedule();
        break;
      case "channel": {
        const { producer, channel } = message;
        const report = (each: Report) => this.#reports.push(each);
        this.#channels.set(channel, new Channel({ producer, store: this.#parts.store, report }));
        break;
      }
      case "names":
        for (const [id, names] of message.names) {
          this.#parts.store.nameProducer(id, names);
        }
        break;
      default:
        this.#queue.push(message);
        this.#wait(message, 1);
        this.#schedule();
    }
  }

  #answer(id: number, name: keyof Requests, value: unknown): void {
    this.#hasAsked ||= name === "window";
    try {
      const pause = () => new Promise<void>((resolve) => this.#parts.soon(resolve));
      const answer = (handlers[name] as (store: Store, ask: unknown, pause: () => Promise<void>) => unknown)(
        this.#parts.store,
        value,
        pause,
      );
      if (answer instanceof Promise) {
        answer.then(
          (late) => this.#parts.post({ kind: "answer", id, value: late }),
          (error) => this.#fail(id, error),
        );
      } else {
        this.#parts.post({ kind: "answer", id, value: answer });
      }
    } catch (error) {
      this.#fail(id, error);
    }
  }

  #fail(id: number, error: unknown): void {
    this.#parts.post({
      kind: "failure",
      id,
      message: error instanceof Error ? error.message : String(error),
    });
  }

  #schedule(): void {
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      this.#parts.soon(() => {
        this.#isScheduled = false;
        this.#work();
      });
    }
  }

  #work(): void {
    const { store, soon } = this.#parts;
    const { number } = store.view;
    const end = this.#parts.now() + SLICE_MS;
    // Both have their turn, however much of the other there is.
    const searches = store.view.isBusy && (this.#isSearchNext || this.#head === this.#queue.length);
    this.#isSearchNext = !searches;
    while (this.#parts.now() < end) {
      if (searches && store.view.isBusy) {
        store.view.step();
      } else if (!searches && this.#head < this.#queue.length) {
        this.#readNext();
      } else {
        break;
      }
    }
    if (store.view.number === number) {
      this.#tell();
    } else {
      // The answer to the query, which is on its way, goes first.
      soon(() => this.#tell());
    }
    this.#pool?.feed();
    if (this.#head < this.#queue.length || store.view.isBusy) {
      this.#schedule();
    }
  }

  #readNext(): void {
    const message = this.#queue[this.#head];
    this.#head += 1;
    if (this.#head === this.#queue.length) {
      this.#queue = [];
      this.#head = 0;
    } else if (this.#head === 1_024) {
      this.#queue.splice(0, this.#head);
      this.#head = 0;
    }
    const channel = message === undefined ? undefined : this.#channels.get(message.channel);
    if (message === undefined || channel === undefined) {
      return;
    }
    const waiting = this.#wait(message, -1);
    if (message.kind === "expect") {
      channel.expectWelcome(message.asked, message.formerNext);
    } else if (message.kind === "end") {
      channel.end();
      this.#channels.delete(message.channel);
      this.#waiting.delete(message.channel);
    } else {
      this.#read(channel, message.data, waiting === 0);
      const read = message.data instanceof ArrayBuffer ? 1 : message.data.length;
      this.#parts.post({ kind: "reports", channel: message.channel, read, reports: this.#reports });
      this.#reports = [];
    }
  }

  /** How many messages of a channel wait behind this one. */
  #wait({ kind, channel }: Waiting, by: 1 | -1): number {
    const waiting = (this.#waiting.get(channel) ?? 0) + (kind === "take" ? by : 0);
    this.#waiting.set(channel, waiting);
    return waiting;
  }

  #read(channel: Channel, data: ArrayBuffer | readonly string[], isLast: boolean): void {
    if (data instanceof ArrayBuffer) {
      channel.take(data, this.#parts.now(), isLast);
    } else {
      channel.takeTexts(data, this.#parts.now(), isLast);
    }
  }

  /** Tells the page what has changed, as often as it can use it. */
  #tell(): void {
    const { store } = this.#parts;
    const now = this.#parts.now();
    const { version } = store;
    const sinceChanged = now - this.#changedAt;
    const { number } = store.view;
    if (
      version !== this.#changedVersion &&
      // The reader waits for another view.
      (number !== this.#changedView ||
        (this.#hasAsked ? sinceChanged >= FRAME_MS : sinceChanged >= UNASKED_INTERVAL_MS))
    ) {
      this.#changedAt = now;
      this.#changedVersion = version;
      this.#changedView = number;
      this.#hasAsked = false;
      this.#notice("changed", { total: store.order.total("shown"), view: number });
    }
    const slow = store.showing.takeSlow();
    if (slow !== undefined) {
      this.#notice("slow", slow);
    }
    if (version !== this.#countsVersion && now - this.#countsAt >= COUNTS_INTERVAL_MS) {
      this.#countsAt = now;
      this.#countsVersion = version;
      this.#notice("counts", store.counts());
    }
  }

  /** Whether the page has yet to be told of something. */
  get #isBehind(): boolean {
    const { version } = this.#parts.store;
    return version !== this.#changedVersion || version !== this.#countsVersion;
  }

  /** To be called now and then, so that the last change is told, too. Returns whether there is more to tell. */
  tick(): boolean {
    const now = this.#parts.now();
    this.#pool?.tick(now - this.#tickedAt);
    this.#tickedAt = now;
    this.#tell();
    return this.#isBehind;
  }

  #notice<Name extends keyof Notices>(name: Name, value: Notices[Name]): void {
    this.#parts.post({ kind: "notice", name, value });
  }
}
