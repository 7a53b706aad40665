/** Searchers in the thread of a test, which work when they are told to. */

import { makeScriptEngine } from "../engine/script";
import type { Store } from "../store";
import { buffersOf, type FromSearcher, type ToSearcher } from "./messages";
import { SearchPool } from "./pool";
import { Searcher } from "./searcher";

export class TestPool {
  readonly pool: SearchPool;
  readonly #store: Store;
  /** What is on its way to a searcher that runs, or from one. */
  #tasks: { readonly searcher: number; readonly work: () => void }[] = [];
  readonly #running = new Set<number>();
  started = 0;
  isHeard = true;
  /** Whether a searcher finds no end in what it is given. */
  isStuck: (message: ToSearcher) => boolean = () => false;

  constructor(store: Store) {
    this.#store = store;
    this.pool = new SearchPool({
      view: store.view,
      targets: store.targets,
      start: (onMessage) => this.#start(onMessage),
      onFound: () => {},
      onSlow: (filter) => store.showing.giveUp(filter),
    });
  }

  get running(): number {
    return this.#running.size;
  }

  /** Has the store, or one of the searchers, do the next of what it has been given. Returns whether there was something. */
  work(pick: (limit: number) => number = () => 0): boolean {
    this.pool.feed();
    if (this.#store.view.isBusy) {
      this.#store.view.step();
      return true;
    }
    const searchers = [...new Set(this.#tasks.map(({ searcher }) => searcher))];
    const searcher = searchers[pick(searchers.length)];
    const index = this.#tasks.findIndex((task) => task.searcher === searcher);
    const [task] = index === -1 ? [] : this.#tasks.splice(index, 1);
    task?.work();
    return task !== undefined;
  }

  drain(): void {
    while (this.work());
  }

  #start(onMessage: (message: FromSearcher) => void) {
    this.started += 1;
    const number = this.started;
    this.#running.add(number);
    const queue = (work: () => void) => this.#tasks.push({ searcher: number, work });
    const searcher = new Searcher({
      engine: makeScriptEngine(),
      post: (message) => queue(() => onMessage(message)),
      now: () => 0,
    });
    let isStuck = false;
    const isHeard = () => this.isHeard;
    return {
      get isHeard() {
        return isHeard();
      },
      post: (message: ToSearcher) => {
        const posted = structuredClone(message, { transfer: buffersOf(message) });
        queue(() => {
          isStuck ||= this.isStuck(posted);
          if (!isStuck) searcher.handle(posted);
        });
      },
      end: () => {
        this.#running.delete(number);
        this.#tasks = this.#tasks.filter((task) => task.searcher !== number);
      },
    };
  }
}
