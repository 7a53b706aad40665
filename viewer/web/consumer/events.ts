/** Typed events. A listener that throws is reported and does not keep the others from being called. */
export class Events<Map> {
  readonly #listeners = new globalThis.Map<keyof Map, Set<(value: never) => void>>();

  /** Calls `listener` at every `event` until the returned function is called. */
  on<Name extends keyof Map>(event: Name, listener: (value: Map[Name]) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  emit<Name extends keyof Map>(event: Name, value: Map[Name]): void {
    for (const listener of this.#listeners.get(event) ?? []) {
      try {
        (listener as (value: Map[Name]) => void)(value);
      } catch (error) {
        reportError(error);
      }
    }
  }
}
