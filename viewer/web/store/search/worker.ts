/** Workers that search: shells around `searcher.ts`. They run the script of the worker that starts them. */

import { loadEngine } from "../engine/index";
import { trustedScriptUrl } from "../script_url";
import type { FromSearcher, ToSearcher } from "./messages";
import type { StartSearcher } from "./pool";
import { Searcher } from "./searcher";

/** By its name the script knows what it is. */
export const SEARCHER_NAME = "searcher";

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

/** What starts searchers in workers of this one's script. */
export function searcherStarter(): StartSearcher {
  const url = trustedScriptUrl(location.href);
  return (onMessage, onError) => {
    const worker = new Worker(url, { type: "module", name: SEARCHER_NAME });
    worker.onmessage = ({ data }: MessageEvent<FromSearcher>) => onMessage(data);
    worker.onerror = onError;
    return {
      post: (message, transfer) => worker.postMessage(message, transfer),
      end: () => worker.terminate(),
    };
  };
}
