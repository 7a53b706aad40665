/** Reads a channel in the worker: passes its messages on, and hands out what the worker reports. */

import type { Asked } from "../../consumer/extension/account";
import type { ChannelReader, ReaderHandlers } from "../../consumer/extension/reader";
import { MAX_WAITING_BYTES, sizeOf } from "../../consumer/extension/receiver";
import type { ToWorker } from "../../store/messages";
import type { Report } from "../../store/report";

export interface RemoteReaderParts {
  readonly channel: number;
  readonly post: (message: ToWorker, transfer?: Transferable[]) => void;
  /** The number that the page before expected next in a session, once. */
  readonly takeFormer: (session: string) => number | undefined;
  /** Nothing more is to be reported. */
  readonly onDone: () => void;
  readonly handlers: ReaderHandlers & {
    /** A fetch has added so many entries to the store. */
    onAdded(count: number): void;
  };
}

export class RemoteReader implements ChannelReader {
  readonly #parts: RemoteReaderParts;
  /** Texts that wait for others of the same task. */
  #texts: string[] = [];
  /** The sizes of the messages that the worker has not read yet, the oldest first. */
  #sizes: number[] = [];
  #waitingBytes = 0;
  #drained: Promise<void> | undefined;
  #resolveDrained: (() => void) | undefined;
  #isEnded = false;

  constructor(parts: RemoteReaderParts) {
    this.#parts = parts;
  }

  expectWelcome(asked: Asked): void {
    const { channel, takeFormer } = this.#parts;
    const formerNext = takeFormer(asked.session);
    this.#parts.post({ kind: "expect", channel, asked, formerNext });
  }

  take(data: unknown): void {
    const bytes = sizeOf(data);
    if (
      this.#waitingBytes + bytes > MAX_WAITING_BYTES ||
      !(typeof data === "string" || data instanceof ArrayBuffer)
    ) {
      this.#parts.handlers.onMalformed();
      return;
    }
    this.#sizes.push(bytes);
    this.#waitingBytes += bytes;
    if (data instanceof ArrayBuffer) {
      this.#flush();
      this.#parts.post({ kind: "take", channel: this.#parts.channel, data }, [data]);
    } else {
      this.#texts.push(data);
      if (this.#texts.length === 1) {
        afterThisTask(() => this.#flush());
      }
    }
  }

  drained(): Promise<void> | undefined {
    if (this.#sizes.length === 0) {
      return undefined;
    }
    this.#drained ??= new Promise((resolve) => {
      this.#resolveDrained = resolve;
    });
    return this.#drained;
  }

  end(): void {
    if (!this.#isEnded) {
      this.#isEnded = true;
      this.#flush();
      this.#parts.post({ kind: "end", channel: this.#parts.channel });
      this.#finish();
    }
  }

  /** The worker has read so many messages. */
  report(read: number, reports: readonly Report[]): void {
    for (const report of reports) {
      this.#handOut(report);
    }
    for (const size of this.#sizes.splice(0, read)) {
      this.#waitingBytes -= size;
    }
    this.#finish();
  }

  #finish(): void {
    if (this.#sizes.length === 0) {
      this.#resolveDrained?.();
      this.#drained = undefined;
      this.#resolveDrained = undefined;
      if (this.#isEnded) {
        this.#parts.onDone();
      }
    }
  }

  #handOut(report: Report): void {
    const { handlers } = this.#parts;
    switch (report.type) {
      case "welcome":
        handlers.onWelcome(report.welcome);
        break;
      case "taken": {
        const { missing, malformed, filtered, next, received } = report;
        handlers.onTaken({ missing, entries: [], malformed, filtered }, next);
        handlers.onKept(received);
        break;
      }
      case "plain":
        handlers.onPlain({ entries: [], malformed: report.malformed });
        handlers.onKept(report.received);
        break;
      case "fetched":
        handlers.onAdded(report.added);
        break;
      case "answer":
        handlers.onAnswer(report.answer);
        break;
      case "status":
        handlers.onStatus(report.status);
        break;
      case "malformed":
        handlers.onMalformed();
        break;
      case "send":
        handlers.deliver();
        handlers.send(report.text);
        break;
    }
  }

  #flush(): void {
    if (this.#texts.length > 0) {
      this.#parts.post({ kind: "take", channel: this.#parts.channel, data: this.#texts });
      this.#texts = [];
    }
  }
}

const tasks: (() => void)[] = [];
const { port1, port2 } = new MessageChannel();
port1.onmessage = () => tasks.shift()?.();

/** Timers are throttled in a page that is hidden. */
function afterThisTask(work: () => void): void {
  tasks.push(work);
  port2.postMessage(undefined);
}
