/**
 * How far the page has come in each session, kept over a reload of the tab.
 *
 * A page that is loaded anew has no rows, and shows again what its producers still hold: each entry once. What it had not
 * seen before, and is not held any more, is a gap.
 */

import type { Gap, PlacesBySession } from "../consumer";

const KEY = "logrtc.places";

/** What a page of before has left; nothing if it cannot be read. */
export function readPlaces(text: string | null): Map<string, number> {
  const value: unknown = text === null ? {} : parse(text);
  const pairs = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return new Map(pairs.filter((pair): pair is [string, number] => Number.isSafeInteger(pair[1])));
}

export class Place {
  /** Of the page before, as far as the sessions have not come again. */
  readonly #before: Map<string, number>;

  constructor(before: Map<string, number>) {
    this.#before = before;
  }

  /** A producer begins with the number `from`: what the page before did not come to see, if it is lost. */
  begin(producer: string, session: string, from: number): Gap | undefined {
    const next = this.#before.get(session);
    this.#before.delete(session);
    return next !== undefined && from > next
      ? { producer, first: next, last: from - 1, reason: "away" }
      : undefined;
  }

  /** What the next page is to know, of this one and of those before. */
  toText(places: PlacesBySession): string {
    return JSON.stringify({ ...Object.fromEntries(this.#before), ...places });
  }
}

/** What this tab has kept, once: it would be wrong for a page that ends without a word after this one has seen more. */
export function loadPlace(): Place {
  try {
    const text = sessionStorage.getItem(KEY);
    sessionStorage.removeItem(KEY);
    return new Place(readPlaces(text));
  } catch {
    // A browser that keeps nothing for the page refuses to be asked.
    return new Place(new Map());
  }
}

export function keepPlace(place: Place, places: PlacesBySession): void {
  try {
    sessionStorage.setItem(KEY, place.toText(places));
  } catch {
    // The next page begins without it.
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
