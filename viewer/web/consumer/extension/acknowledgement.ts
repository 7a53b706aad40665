/** When a producer is told what has been taken. No I/O, and no timer: those are throttled in a tab that is hidden. */

/** At the latest after so many bytes, before compression. */
const MAX_UNACKNOWLEDGED_BYTES = 1024 * 1024;

export class Acknowledgement {
  #bytes = 0;
  #acknowledged = -1;

  /**
   * A message has been read; `next` is the number that comes next, and `isLast` whether no more messages wait.
   * Returns the number to acknowledge now, if it is time.
   */
  take(bytes: number, next: number, isLast: boolean): number | undefined {
    this.#bytes += bytes;
    const seq = next - 1;
    if (seq <= this.#acknowledged || !(isLast || this.#bytes >= MAX_UNACKNOWLEDGED_BYTES)) {
      return undefined;
    }
    this.#bytes = 0;
    this.#acknowledged = seq;
    return seq;
  }
}
