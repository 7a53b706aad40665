/**
 * Runs in the log page before its own scripts. It listens to what the page and its worker say to each other, times answers to
 * the reader, and gives frames to the worker that no producer has sent. Times are in milliseconds.
 *
 * @typedef {{received: number, held: number, bytes: number, dropped: number, lost: number, malformed: number, shown: number}} Counts what is read of the counts of the store
 * @typedef {{at: number, received: number}} Progress
 */

/** @typedef {{at: number, id: number, isAnswered: boolean, windowId: number, firstMs: number, lastMs: number, total: number, changedMs: number}} Search */

{
  const bench = {
    /** @type {Worker | undefined} */
    worker: undefined,
    /** @type {Counts | undefined} */
    counts: undefined,
    /** Entries by time. @type {Progress[]} */
    progress: [],
    /** When frames began. @type {number[]} */
    frames: [],
    /** @type {number[]} */
    longTasks: [],
    /** @type {{click: number[], key: number[], query: number[]}} */
    answers: { click: [], key: [], query: [] },
    /** @type {Search | undefined} */
    search: undefined,
    /** Messages of ready-made frames that the worker has not read yet. */
    unread: 0,
    channels: 0,
  };
  /** The first channel of ready-made frames; the page numbers its own from 1. */
  const FIRST_CHANNEL = 1_000_000;
  /** So many frames wait for the worker. */
  const MAX_UNREAD = 64;

  const rest = () => new Promise((resolve) => setTimeout(resolve, 4));

  /** Frames, each behind its length in four bytes. @param {string} url @returns {AsyncGenerator<ArrayBuffer>} */
  async function* framesOf(url) {
    const reader = (await fetch(url)).body?.getReader();
    let rest = new Uint8Array();
    for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
      const bytes = new Uint8Array(rest.length + part.value.length);
      bytes.set(rest);
      bytes.set(part.value, rest.length);
      const view = new DataView(bytes.buffer);
      let at = 0;
      while (at + 4 <= bytes.length) {
        const end = at + 4 + view.getUint32(at, true);
        if (end > bytes.length) break;
        yield bytes.buffer.slice(at + 4, end);
        at = end;
      }
      rest = bytes.slice(at);
    }
  }

  const afterFrame = (/** @type {() => void} */ work) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = work;
    requestAnimationFrame(() => port2.postMessage(undefined));
  };

  const onPosted = (/** @type {any} */ message) => {
    const { search } = bench;
    if (message.kind !== "ask") return;
    if (message.name === "setView") {
      const at = performance.now();
      bench.search = { at, id: message.id, isAnswered: false, windowId: 0, firstMs: 0, lastMs: 0, total: -1, changedMs: 0 };
    } else if (message.name === "window" && message.value.count > 1 && search?.isAnswered && search.windowId === 0) {
      search.windowId = message.id;
    }
  };

  const onAnswer = (/** @type {Search} */ search, /** @type {any} */ message) => {
    if (message.id === search.id) search.isAnswered = true;
    if (message.id === search.windowId && search.firstMs === 0) {
      // One without a row yet is no slice.
      if (message.value.rows.length === 0) search.windowId = 0;
      else afterFrame(() => (search.firstMs = performance.now() - search.at));
    }
  };

  const onMessage = (/** @type {any} */ message) => {
    const { search } = bench;
    if (message.kind === "reports") {
      if (message.channel >= FIRST_CHANNEL) bench.unread -= message.read;
    } else if (message.kind === "answer" && search !== undefined) {
      onAnswer(search, message);
    } else if (message.kind === "notice" && message.name === "counts") {
      bench.counts = message.value;
      bench.progress.push({ at: performance.now(), received: message.value.received });
      if (search?.isAnswered && search.lastMs === 0 && message.value.searched === message.value.held) {
        // The page learns of counts less often than of rows.
        search.lastMs = search.changedMs || performance.now() - search.at;
      }
    } else if (message.kind === "notice" && message.name === "changed" && search?.isAnswered) {
      if (message.value.total !== search.total) search.changedMs = performance.now() - search.at;
      search.total = message.value.total;
    }
  };

  globalThis.Worker = class extends Worker {
    /** @param {string | URL} url @param {WorkerOptions} [options] */
    constructor(url, options) {
      super(url, options);
      // The page starts searchers, too.
      this.isStore = options?.name === "store";
      if (this.isStore) {
        bench.worker = this;
        this.addEventListener("message", ({ data }) => onMessage(data));
      }
    }

    /** @override @param {any} message @param {any} [transfer] */
    postMessage(message, transfer) {
      if (this.isStore) onPosted(message);
      super.postMessage(message, transfer);
    }
  };

  const frame = (/** @type {number} */ at) => {
    bench.frames.push(at);
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  if (PerformanceObserver.supportedEntryTypes.includes("longtask")) {
    new PerformanceObserver((list) => bench.longTasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
      entryTypes: ["longtask"],
    });
  }

  /** What tells an entry from all others. */
  const markOf = (/** @type {Element | null | undefined} */ element) => /sent_us\D{1,9}(\d+)/.exec(element?.textContent ?? "")?.[1];
  const panel = () => document.querySelector(".panel")?.textContent ?? "";
  const when = (/** @type {() => boolean} */ isDone, /** @type {() => void} */ done) => {
    const look = () => {
      if (isDone()) done();
      else afterFrame(look);
    };
    afterFrame(look);
  };
  /** From an event to the first frame in which `isDone`. @param {"click" | "key"} kind @param {Event} event @param {() => boolean} isDone */
  const time = (kind, { timeStamp }, isDone) =>
    when(isDone, () => bench.answers[kind].push(performance.now() - timeStamp));

  addEventListener(
    "pointerdown",
    (event) => {
      const mark = markOf(/** @type {Element} */ (event.target).closest(".row"));
      if (mark !== undefined) time("click", event, () => panel().includes(mark));
    },
    true,
  );
  addEventListener(
    "keydown",
    (event) => {
      if (event.target instanceof HTMLInputElement) {
        const before = bench.search;
        const isShown = () => bench.search !== before && (bench.search?.firstMs ?? 0) > 0;
        when(isShown, () => bench.answers.query.push(performance.now() - event.timeStamp));
      } else if (event.key === "j") {
        // Two entries may be logged within a microsecond, and an entry is never in two rows.
        const selected = () => document.querySelector(".row.selected");
        const placeOf = () => selected()?.getAttribute("aria-rowindex");
        const before = placeOf();
        time("key", event, () => {
          const mark = markOf(selected());
          return mark !== undefined && placeOf() !== before && panel().includes(mark);
        });
      }
    },
    true,
  );

  Object.assign(globalThis, {
    bench,
    /** Begins to count anew. */
    resetBench: () => {
      bench.progress = [];
      bench.frames = [];
      bench.longTasks = [];
      bench.answers = { click: [], key: [], query: [] };
    },
    /** Types a query at once, and waits until it is through. @param {string} query */
    searchFor: async (query) => {
      const input = /** @type {HTMLInputElement} */ (document.querySelector(".query-input"));
      const at = performance.now();
      const before = bench.search;
      input.value = query;
      input.dispatchEvent(new InputEvent("input", { bubbles: true }));
      await new Promise((resolve) => when(() => bench.search !== before && (bench.search?.lastMs ?? 0) > 0, () => resolve(undefined)));
      const { search, counts } = bench;
      const waitedMs = (search?.at ?? at) - at;
      return { firstMs: waitedMs + (search?.firstMs ?? 0), lastMs: waitedMs + (search?.lastMs ?? 0), shown: counts?.shown };
    },
    /**
     * Has the worker read frames that lie at `url`, each behind its length in four bytes, as those of a producer that nobody
     * knows. Returns how long that took, of frames that lay ready if `isReady`; they take memory that is not the page's.
     *
     * @param {string} url @param {string} session @param {boolean} [isReady]
     */
    feed: async (url, session, isReady = false) => {
      const { worker } = bench;
      if (worker === undefined) throw new Error("the page has no worker");
      /** @type {AsyncIterable<ArrayBuffer> | ArrayBuffer[]} */
      let frames = framesOf(url);
      if (isReady) {
        const ready = [];
        for await (const frame of frames) ready.push(frame);
        frames = ready;
      }
      const channel = FIRST_CHANNEL + bench.channels;
      bench.channels += 1;
      const welcome = { type: "welcome", version: 1, session, oldest: 0, from: 0, next: 0, resumed: false };
      const since = performance.now();
      worker.postMessage({ kind: "channel", channel, producer: session });
      worker.postMessage({ kind: "expect", channel, asked: { session, next: undefined }, formerNext: undefined });
      worker.postMessage({ kind: "take", channel, data: [JSON.stringify(welcome)] });
      bench.unread += 1;
      for await (const frame of frames) {
        worker.postMessage({ kind: "take", channel, data: frame }, [frame]);
        bench.unread += 1;
        while (!isReady && bench.unread > MAX_UNREAD) await rest();
      }
      while (bench.unread > 0) await rest();
      worker.postMessage({ kind: "end", channel });
      return performance.now() - since;
    },
  });
}
