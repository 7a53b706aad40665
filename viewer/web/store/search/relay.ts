/**
 * The store's side of searchers, which the page starts for it and whose messages the page passes on.
 *
 * The store does not start them itself: in Firefox 153, `new Worker` in a worker may never return. The parent waits until its
 * child is known to debuggers, asleep on the child's condition variable; the child sleeps there too when it has nothing to do, and
 * one of the two alone is woken. Of 80 pages with two searchers each, on two busy cores, 2 to 4 stood still for ever; none since
 * the page starts them. Once Firefox wakes both, the store can start them itself.
 */

import { buffersOf, type FromSearcher, type ToSearcher } from "./messages";
import type { Running, StartSearcher } from "./pool";

/** From the page. */
export interface FromPageOfSearcher {
  readonly kind: "searcher";
  readonly searcher: number;
  /** What it says; undefined if there can be none. */
  readonly message: FromSearcher | undefined;
}

/** From the store's worker. */
export type ToPageOfSearcher =
  | { readonly kind: "start searcher"; readonly searcher: number }
  | { readonly kind: "searcher"; readonly searcher: number; readonly message: ToSearcher }
  | { readonly kind: "end searcher"; readonly searcher: number };

export type PostToPage = (message: ToPageOfSearcher, transfer: Transferable[]) => void;

export class SearcherRelay {
  readonly #post: PostToPage;
  readonly #listeners = new Map<number, Parameters<StartSearcher>>();
  #last = 0;

  constructor(post: PostToPage) {
    this.#post = post;
  }

  readonly start: StartSearcher = (...listeners): Running => {
    this.#last += 1;
    const searcher = this.#last;
    this.#listeners.set(searcher, listeners);
    this.#post({ kind: "start searcher", searcher }, []);
    return {
      post: (message) => this.#post({ kind: "searcher", searcher, message }, buffersOf(message)),
      end: () => {
        this.#listeners.delete(searcher);
        this.#post({ kind: "end searcher", searcher }, []);
      },
    };
  };

  handle({ searcher, message }: FromPageOfSearcher): void {
    // One that has been ended may have said something before it heard of it.
    const [onMessage, onError] = this.#listeners.get(searcher) ?? [];
    if (message === undefined) {
      onError?.();
    } else {
      onMessage?.(message);
    }
  }
}
