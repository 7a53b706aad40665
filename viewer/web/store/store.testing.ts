/** Frames of producers, and a store that takes them, for tests. */

import { deflateSync } from "fflate";
import { Channel } from "./channel";
import { loadTestEngine } from "./engine/engine.testing";
import type { Row, View } from "./protocol";
import type { Report } from "./report";
import { windowOf } from "./rows";
import { Store } from "./store";

export const NO_VIEW: View = { query: "", muted: [], range: undefined, columns: [] };

export async function makeStore(maxBytes = 1 << 30): Promise<Store> {
  return new Store(await loadTestEngine(), maxBytes);
}

export interface TestEntry {
  readonly timeMs: number;
  readonly level?: string;
  readonly target?: string;
  readonly message?: string;
  readonly fields?: object;
  readonly span?: object;
}

export function lineOf({
  timeMs,
  level = "INFO",
  target = "app",
  message = "m",
  ...rest
}: TestEntry): string {
  return JSON.stringify({ timestamp: new Date(timeMs).toISOString(), level, target, message, ...rest });
}

/** A batch of entries by their numbers; what lies between them was left out by a filter. */
export function batchOf(
  entries: readonly (readonly [seq: number, line: string])[],
  first = entries[0]?.[0] ?? 0,
  last = entries.at(-1)?.[0] ?? 0,
): string {
  const holes: [number, number][] = [];
  let next = first;
  for (const [index, [seq]] of entries.entries()) {
    if (seq > next) {
      holes.push([index, seq - next]);
    }
    next = seq + 1;
  }
  const header = { type: "batch", first, last, count: entries.length, holes };
  return [JSON.stringify(header), ...entries.map(([, line]) => line)].join("\n");
}

export function packed(text: string): ArrayBuffer {
  return deflateSync(new TextEncoder().encode(text), { level: 1 }).slice().buffer;
}

/** A channel of a producer whose session is called like it, and what it reports. */
export function openChannel(
  store: Store,
  producer: string,
  welcome: { readonly from: number; readonly next: number },
  expected?: { readonly next?: number; readonly formerNext?: number },
): { readonly channel: Channel; readonly reports: Report[] } {
  const reports: Report[] = [];
  const channel = new Channel({ producer, store, report: (report) => reports.push(report) });
  channel.expectWelcome({ session: producer, next: expected?.next }, expected?.formerNext);
  const resumed = expected?.next !== undefined;
  const hello = { type: "welcome", version: 1, session: producer, oldest: 0, resumed, ...welcome };
  channel.take(JSON.stringify(hello), 0, true);
  return { channel, reports };
}

/** Every row that is shown. */
export function rowsOf(store: Store): readonly Row[] {
  return windowOf(store, { kind: "position", position: 0 }, 2_000).rows;
}

/** Rows as short texts. */
export function shown(store: Store): string[] {
  return rowsOf(store).map(nameOf);
}

export function nameOf(row: Row): string {
  switch (row.kind) {
    case "entry":
      return `${row.producer} ${row.seq ?? row.message}${row.isFetched ? " fetched" : ""}`;
    case "gap":
      return `${row.producer} gap ${row.first}-${row.last}`;
    case "live":
      return "live";
  }
}
