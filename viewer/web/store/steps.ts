/** A number for every index that changes in few places: sequence numbers with holes, times of arrival. */

export class Steps {
  readonly #indexes: number[] = [];
  readonly #values: number[] = [];

  /** From `index` on, which is not below the last one, the value is another. */
  set(index: number, value: number): void {
    const last = this.#values.length - 1;
    if (this.#values[last] === value) {
      return;
    }
    if (this.#indexes[last] === index) {
      this.#values[last] = value;
    } else {
      this.#indexes.push(index);
      this.#values.push(value);
    }
  }

  get(index: number): number {
    return this.#values[this.#stepOf(index)] ?? Number.NaN;
  }

  /** How many steps there are: what it costs. */
  get length(): number {
    return this.#indexes.length;
  }

  /** The step that holds for an index. */
  #stepOf(index: number): number {
    let low = 0;
    let high = this.#indexes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#indexes[middle] ?? 0) <= index) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }
}
