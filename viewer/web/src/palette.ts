/** Colours of producers, by class: each gets the next of them when it is first seen, and keeps it. */

/** As many as the style sheet has. */
const COLOURS = 8;

export class Palette {
  readonly #indices = new Map<string, number>();

  classOf(producer: string): string {
    const index = this.#indices.get(producer) ?? this.#indices.size;
    this.#indices.set(producer, index);
    return `colour-${index % COLOURS}`;
  }
}
