import { expect, test } from "vitest";
import type { FromSearcher, ToSearcher } from "../../store/search/messages";
import { type FromPageOfSearcher, SearcherRelay, type ToPageOfSearcher } from "../../store/search/relay";
import { Searchers, type SearcherWorker } from "./searchers";

/** A store and a page in one thread, and workers that say nothing by themselves. */
function start({ isRefused = false } = {}) {
  const workers: (SearcherWorker & { readonly told: ToSearcher[]; isEnded: boolean })[] = [];
  const toStore = (message: FromPageOfSearcher) => relay.handle(structuredClone(message));
  const page = new Searchers(() => {
    if (isRefused) throw new DOMException("no more workers", "SecurityError");
    const worker = {
      told: [] as ToSearcher[],
      isEnded: false,
      onmessage: null,
      onerror: null,
      postMessage: (message: ToSearcher, transfer: Transferable[]) =>
        worker.told.push(structuredClone(message, { transfer })),
      terminate: () => {
        worker.isEnded = true;
      },
    };
    workers.push(worker);
    return worker;
  }, toStore);
  const relay = new SearcherRelay((message, transfer) => page.handle(structuredClone(message, { transfer })));
  const says = (index: number, data: FromSearcher) =>
    workers[index]?.onmessage?.({ data } as MessageEvent<FromSearcher>);
  return { relay, workers, says };
}

test("each searcher hears what it is told, and is heard", () => {
  const { relay, workers, says } = start();
  const heard: [number, FromSearcher][] = [];
  const [first, second] = [0, 1].map((number) =>
    relay.start(
      (message) => heard.push([number, message]),
      () => expect.unreachable(),
    ),
  );
  second?.post({ kind: "targets", texts: ["shop"] });
  first?.post({ kind: "targets", texts: ["bank"] });
  says(1, { kind: "ready" });
  says(0, { kind: "found", found: [Uint16Array.of(1, 2)] });
  expect(workers.map(({ told }) => told)).toEqual([
    [{ kind: "targets", texts: ["bank"] }],
    [{ kind: "targets", texts: ["shop"] }],
  ]);
  expect(heard).toEqual([
    [1, { kind: "ready" }],
    [0, { kind: "found", found: [Uint16Array.of(1, 2)] }],
  ]);
});

test("one that is ended is not heard again, and is told nothing", () => {
  const { relay, workers, says } = start();
  const heard: FromSearcher[] = [];
  const running = relay.start(
    (message) => heard.push(message),
    () => expect.unreachable(),
  );
  running.end();
  says(0, { kind: "ready" });
  running.post({ kind: "targets", texts: [] });
  expect(heard).toEqual([]);
  expect(workers[0]).toMatchObject({ isEnded: true, told: [] });
});

test("one that fails, or that cannot be started, is told of", () => {
  for (const isRefused of [false, true]) {
    const { relay, workers } = start({ isRefused });
    let failures = 0;
    relay.start(
      () => expect.unreachable(),
      () => {
        failures += 1;
      },
    );
    workers[0]?.onerror?.(new Event("error") as ErrorEvent);
    expect(failures).toBe(1);
  }
});

test("while the page stands still, nobody is heard", () => {
  const toPage: ToPageOfSearcher[] = [];
  const relay = new SearcherRelay((message) => toPage.push(message));
  const page = new Searchers(
    () => expect.unreachable(),
    (message) => relay.handle(message),
  );
  relay.tick();
  expect(toPage).toEqual([]);
  const running = relay.start(
    () => {},
    () => {},
  );
  toPage.length = 0;
  relay.tick();
  expect(running.isHeard).toBe(true);
  relay.tick();
  relay.tick();
  expect([running.isHeard, toPage.length]).toEqual([false, 1]);
  for (const message of toPage.splice(0)) page.handle(message);
  relay.tick();
  expect(running.isHeard).toBe(true);
  running.end();
});
