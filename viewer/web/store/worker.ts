/** The worker that holds the log, and those that search it for it: one script, and shells around `desk.ts` and `searcher.ts`. */

import { Desk } from "./desk";
import { loadEngine } from "./engine/index";
import type { ToPage, ToWorker } from "./messages";
import { SEARCHER_NAME } from "./search/name";
import { SearcherRelay } from "./search/relay";
import { beSearcher } from "./search/worker";
import { Store } from "./store";

/** The page says how much it may take before it sends anything. */
const DEFAULT_MAX_BYTES = 256 * 1024 * 1024;
/** How often the last changes are told. */
const TICK_MS = 50;

interface WorkerScope {
  readonly name: string;
  onmessage: ((event: { readonly data: ToWorker }) => void) | null;
  postMessage(message: ToPage, transfer?: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;
if (scope.name === SEARCHER_NAME) {
  await beSearcher();
} else {
  await beStore();
}

async function beStore(): Promise<void> {
  // Timers are throttled in a page that is hidden; messages are not.
  const { port1, port2 } = new MessageChannel();
  const tasks: (() => void)[] = [];
  port1.onmessage = () => tasks.shift()?.();
  const early: ToWorker[] = [];
  scope.onmessage = ({ data }) => early.push(data);
  const searchers = new SearcherRelay((message, transfer) => scope.postMessage(message, transfer));
  const desk = new Desk({
    store: new Store(await loadEngine(), DEFAULT_MAX_BYTES),
    post: (message) => scope.postMessage(message),
    now: () => performance.timeOrigin + performance.now(),
    soon: (work) => {
      tasks.push(work);
      port2.postMessage(undefined);
    },
    startSearcher: searchers.start,
  });
  const handle = (message: ToWorker) => {
    if (message.kind === "searcher" || message.kind === "echo") {
      searchers.handle(message);
    } else {
      desk.handle(message);
    }
  };
  early.forEach(handle);
  scope.onmessage = ({ data }) => handle(data);
  setInterval(() => {
    searchers.tick();
    desk.tick();
  }, TICK_MS);
}
