/**
 * Reads the messages of one channel into the store, in order, whether they are of the base protocol or of the extension: as bytes. It
 * accounts for them and acknowledges them as the consumer's own receiver does.
 */

import { Account, type Asked, type Missing } from "../consumer/extension/account";
import { Acknowledgement } from "../consumer/extension/acknowledgement";
import { type Control, parseWelcome } from "../consumer/extension/frames";
import { type Body, seqAt } from "./body";
import type { Scan } from "./engine/engine";
import { type BatchFrame, openFrame, seqsOf } from "./frame";
import { MALFORMED } from "./protocol";
import type { Report } from "./report";
import type { Store } from "./store";

export interface ChannelParts {
  readonly producer: string;
  readonly store: Store;
  readonly report: (report: Report) => void;
}

const encoder = new TextEncoder();
/** What comes this soon after a channel that does not number was held for the page. */
const REPLAY_MS = 3_000;

export class Channel {
  readonly #parts: ChannelParts;
  #asked: Asked | undefined;
  /** The number that the page before this one expected next in that session. */
  #formerNext: number | undefined;
  #isFirst = true;
  /** When the first text of a channel came that does not number. */
  #plainSinceMs: number | undefined;
  #account: Account | undefined;
  #session: string | undefined;
  /** The number that did not exist when the channel opened. */
  #liveFrom = 0;
  #isHistoryOver = false;
  readonly #acknowledgement = new Acknowledgement();
  #fetchId: number | undefined;

  constructor(parts: ChannelParts) {
    this.#parts = parts;
  }

  expectWelcome(asked: Asked, formerNext: number | undefined): void {
    this.#asked = asked;
    this.#formerNext = formerNext;
  }

  /** Takes texts that came together. `isLast`: no other message waits behind them. */
  takeTexts(texts: readonly string[], nowMs: number, isLast: boolean): void {
    const isPlain = this.#account === undefined && (this.#asked === undefined || !this.#isFirst);
    if (isPlain) {
      this.#isFirst = false;
      this.#takePlain(texts, nowMs);
      return;
    }
    for (const [index, text] of texts.entries()) {
      this.take(text, nowMs, isLast && index === texts.length - 1);
    }
  }

  /** Takes a message. `isLast`: no other one waits behind it. */
  take(data: unknown, nowMs: number, isLast: boolean): void {
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    if (this.#account !== undefined) {
      const bytes = this.#takeFrame(data, this.#account, nowMs);
      const seq = this.#acknowledgement.take(bytes, this.#account.next, isLast);
      if (seq !== undefined) {
        this.#parts.report({ type: "send", text: JSON.stringify({ type: "ack", seq }) });
      }
    } else if (!(isFirst && this.#isWelcomed(data, nowMs))) {
      this.#takePlain([data], nowMs);
    }
  }

  /** Nothing more comes. */
  end(): void {
    this.#parts.store.endHistory(this.#parts.producer);
  }

  #isWelcomed(data: unknown, nowMs: number): boolean {
    const asked = this.#asked;
    const welcome = asked !== undefined && typeof data === "string" ? parseWelcome(data) : undefined;
    if (asked === undefined || welcome === undefined) {
      return false;
    }
    const { account, taken } = Account.open(welcome, asked);
    this.#account = account;
    this.#session = welcome.session;
    this.#liveFrom = welcome.next;
    this.#parts.report({ type: "welcome", welcome });
    const former = welcome.session === asked.session ? this.#formerNext : undefined;
    if (former !== undefined && welcome.from > former) {
      this.#takeGaps([{ first: former, last: welcome.from - 1, reason: "away" }], nowMs);
    }
    this.#reportTaken({ missing: taken.missing }, nowMs);
    return true;
  }

  /** Each text is an entry. */
  #takePlain(texts: readonly unknown[], nowMs: number): void {
    const { store, producer, report } = this.#parts;
    const lines = texts.filter((text) => typeof text === "string");
    const malformed = texts.length - lines.length;
    for (let count = 0; count < malformed; count += 1) {
      store.countMalformed();
    }
    // A line end in an entry is white space; it would make two lines of it.
    const bytes = encoder.encode(`${lines.map((line) => line.replace(/[\r\n]+/g, " ")).join("\n")}\n`);
    let unread = 0;
    if (lines.length > 0) {
      const scan = store.engine.scan(bytes);
      unread = countMalformed(scan, 0);
      this.#plainSinceMs ??= nowMs;
      const isLive = nowMs - this.#plainSinceMs >= REPLAY_MS;
      this.#pace(scan, isLive ? lines.length : 0, nowMs);
      const body = { producer, arrivalMs: nowMs, bytes, scan, session: undefined, seqs: undefined };
      store.take({ ...body, frame: undefined, fresh: 0, liveFrom: 0, endsHistory: true });
    }
    report({ type: "plain", received: lines.length - unread, malformed: malformed + unread });
  }

  /** Returns how long the frame was, before compression. */
  #takeFrame(data: unknown, account: Account, nowMs: number): number {
    const frame = openFrame(data, this.#parts.store.engine);
    if (frame === undefined) {
      this.#fetchId = undefined;
      this.#parts.store.countMalformed();
      this.#parts.report({ type: "malformed" });
      return 0;
    }
    const { length } = frame.bytes;
    const fetchId = this.#fetchId;
    this.#fetchId = undefined;
    if (frame.type === "control") {
      this.#handle(frame.control, account, nowMs);
    } else if (fetchId === undefined) {
      this.#takeBatch(frame, account, nowMs);
    } else {
      const added = this.#parts.store.takeFetched(this.#body(frame, nowMs, 0));
      this.#parts.report({ type: "fetched", id: fetchId, added });
    }
    return length;
  }

  #takeBatch(frame: BatchFrame, account: Account, nowMs: number): void {
    const { header, scan } = frame;
    const { missing, fresh, numbers } = account.takeRange(header);
    const seqs = seqsOf(header);
    let first = 0;
    while (first < header.count && seqAt(seqs, first) < fresh) {
      first += 1;
    }
    const lines = header.count - first;
    const malformed = countMalformed(scan, first);
    let live = first;
    while (live < header.count && seqAt(seqs, live) < this.#liveFrom) {
      live += 1;
    }
    this.#pace(scan, header.count - live, nowMs);
    this.#takeGaps(missing, nowMs);
    this.#parts.store.take(this.#body(frame, nowMs, first));
    const filtered = numbers - lines;
    this.#parts.store.countFiltered(filtered);
    this.#report({ missing, received: lines - malformed, malformed, filtered });
  }

  /** The last so many lines were logged while the channel was there. */
  #pace({ times, count }: Scan, live: number, nowMs: number): void {
    this.#parts.store.paceOf(this.#parts.producer).take(live, times[count - 1] ?? Number.NaN, nowMs);
  }

  #handle(control: Control, account: Account, nowMs: number): void {
    const { report } = this.#parts;
    switch (control.type) {
      case "gap":
        this.#reportTaken(account.takeGap(control), nowMs);
        break;
      case "fetch":
        this.#fetchId = control.id;
        break;
      case "status":
        report({ type: "status", status: control.status });
        break;
      case "other":
        break;
      default:
        report({ type: "answer", answer: control });
    }
  }

  #reportTaken({ missing }: { readonly missing: readonly Missing[] }, nowMs: number): void {
    this.#takeGaps(missing, nowMs);
    this.#report({ missing, received: 0, malformed: 0, filtered: 0 });
  }

  #takeGaps(missing: readonly Missing[], nowMs: number): void {
    for (const gap of missing) {
      const { producer, store } = this.#parts;
      store.takeGap(producer, { ...gap, session: this.#session }, this.#liveFrom, nowMs);
    }
  }

  #report(taken: {
    missing: readonly Missing[];
    received: number;
    malformed: number;
    filtered: number;
  }): void {
    const next = this.#account?.next ?? 0;
    if (next >= this.#liveFrom && !this.#isHistoryOver) {
      this.#isHistoryOver = true;
      this.end();
    }
    this.#parts.report({ type: "taken", ...taken, next });
  }

  #body({ bytes, bodyStart, scan, header, data }: BatchFrame, arrivalMs: number, fresh: number): Body {
    return {
      producer: this.#parts.producer,
      arrivalMs,
      bytes: bytes.subarray(bodyStart),
      scan,
      session: this.#session,
      seqs: seqsOf(header),
      frame: data === undefined ? undefined : { data, bodyStart },
      fresh,
      liveFrom: this.#liveFrom,
      endsHistory: header.last + 1 >= this.#liveFrom,
    };
  }
}

function countMalformed({ levels, count }: Scan, from: number): number {
  let malformed = 0;
  for (let index = from; index < count; index += 1) {
    malformed += levels[index] === MALFORMED ? 1 : 0;
  }
  return malformed;
}
