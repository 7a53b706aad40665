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
export type FromPageOfSearcher =
  | {
      readonly kind: "searcher";
      readonly searcher: number;
      /** What it says; undefined if there can be none. */
      readonly message: FromSearcher | undefined;
    }
  | { readonly kind: "echo" };

/** From the store's worker. */
export type ToPageOfSearcher =
  | { readonly kind: "start searcher"; readonly searcher: number }
  | { readonly kind: "searcher"; readonly searcher: number; readonly message: ToSearcher }
  | { readonly kind: "end searcher"; readonly searcher: number }
  /** To be posted back: then everything has been passed on that was said before. */
  | { readonly kind: "echo" };

export type PostToPage = (message: ToPageOfSearcher, transfer: Transferable[]) => void;

export class SearcherRelay {
  readonly #post: PostToPage;
  readonly #listeners = new Map<number, Parameters<StartSearcher>>();
  #last = 0;
  #isEchoAwaited = false;
  #isHeard = true;

  constructor(post: PostToPage) {
    this.#post = post;
  }

  readonly start: StartSearcher = (...listeners): Running => {
    this.#last += 1;
    const searcher = this.#last;
    this.#listeners.set(searcher, listeners);
    this.#post({ kind: "start searcher", searcher }, []);
    const isHeard = () => this.#isHeard;
    return {
      get isHeard() {
        return isHeard();
      },
      post: (message) => this.#post({ kind: "searcher", searcher, message }, buffersOf(message)),
      end: () => {
        this.#listeners.delete(searcher);
        this.#post({ kind: "end searcher", searcher }, []);
      },
    };
  };

  /** To be called now and then. While the page stands still, by a dialog or in a debugger, nobody is heard. */
  tick(): void {
    this.#isHeard = !this.#isEchoAwaited;
    if (this.#isHeard && this.#listeners.size > 0) {
      this.#isEchoAwaited = true;
      this.#post({ kind: "echo" }, []);
    }
  }

  handle(posted: FromPageOfSearcher): void {
    if (posted.kind === "echo") {
      this.#isEchoAwaited = false;
      return;
    }
    // One that has been ended may have said something before it heard of it.
    const [onMessage, onError] = this.#listeners.get(posted.searcher) ?? [];
    if (posted.message === undefined) {
      onError?.();
    } else {
      onMessage?.(posted.message);
    }
  }
}
