/** How far each session has been received: where to go on when its channel comes anew. No I/O. */

/** Each session with the number that comes next in it. */
export type PlacesBySession = Readonly<Record<string, number>>;

/** A session is a run of a program; the oldest are forgotten. */
const MAX_SESSIONS = 1_000;

export class Places {
  readonly #next: Map<string, number>;

  constructor(known: PlacesBySession = {}) {
    this.#next = new Map(Object.entries(known));
  }

  /** The number that comes next; undefined in a session of which nothing was received. */
  next(session: string): number | undefined {
    return this.#next.get(session);
  }

  /** Everything before `next` has been received, or is known to be missing. */
  reach(session: string, next: number): void {
    this.#next.set(session, next);
    for (const oldest of this.#next.keys()) {
      if (this.#next.size <= MAX_SESSIONS) {
        break;
      }
      this.#next.delete(oldest);
    }
  }

  bySession(): PlacesBySession {
    return Object.fromEntries(this.#next);
  }
}
