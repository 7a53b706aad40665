/**
 * How far the page has come in each session, kept over a reload of the tab.
 *
 * A page that is loaded anew has no rows, and shows again what its producers still hold: each entry once. What it had not
 * seen before, and is not held any more, is a gap.
 */

import type { PlacesBySession } from "../consumer";

const KEY = "logrtc.places";

/** What a page of before has left; nothing if it cannot be read. */
export function readPlaces(text: string | null): Map<string, number> {
  const value: unknown = text === null ? {} : parse(text);
  const pairs = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return new Map(pairs.filter((pair): pair is [string, number] => Number.isSafeInteger(pair[1])));
}

export class Place {
  readonly #before: Map<string, number>;
  readonly #taken = new Set<string>();

  constructor(before: Map<string, number>) {
    this.#before = before;
  }

  /** The number that the page before expected next in a session, once. */
  take(session: string): number | undefined {
    const next = this.#taken.has(session) ? undefined : this.#before.get(session);
    this.#taken.add(session);
    return next;
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
