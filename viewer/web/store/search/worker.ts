/** Workers that search: shells around `searcher.ts`. They run the script of the store's worker. */

import { loadEngine } from "../engine/index";
import type { FromSearcher, ToSearcher } from "./messages";
import { Searcher } from "./searcher";

interface SearcherScope {
  onmessage: ((event: { readonly data: ToSearcher }) => void) | null;
  postMessage(message: FromSearcher): void;
}

/** Makes this worker a searcher. */
export async function beSearcher(): Promise<void> {
  const scope = globalThis as unknown as SearcherScope;
  const early: ToSearcher[] = [];
  scope.onmessage = ({ data }) => early.push(data);
  const searcher = new Searcher({
    engine: await loadEngine(),
    post: (message) => scope.postMessage(message),
    now: () => performance.now(),
  });
  for (const message of early) {
    searcher.handle(message);
  }
  scope.onmessage = ({ data }) => searcher.handle(data);
}
