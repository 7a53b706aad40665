/** Messages of a producer, for tests. */

import type { Entry } from "../entry";

/** The entry of this number. */
export function entry(seq: number): Entry {
  return {
    timestamp: "2024-01-01T12:00:00.000Z",
    level: "INFO",
    target: "app",
    message: `entry ${seq} 日志`,
  };
}

export function line(seq: number): string {
  return JSON.stringify(entry(seq));
}

/** A batch of the numbers from `first` to `last`, as text. */
export function batch(first: number, last: number): string {
  const numbers = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  return [JSON.stringify({ type: "batch", first, last, count: numbers.length }), ...numbers.map(line)].join(
    "\n",
  );
}

/** Compresses text, or bytes that are none. */
export async function deflate(
  data: string | Uint8Array<ArrayBuffer>,
  format: CompressionFormat = "deflate-raw",
): Promise<ArrayBuffer> {
  return await new Response(
    new Blob([data]).stream().pipeThrough(new CompressionStream(format)),
  ).arrayBuffer();
}

export function welcome(from: number, rest: object = {}): string {
  return JSON.stringify({
    type: "welcome",
    version: 1,
    session: "s",
    oldest: 0,
    from,
    next: from,
    resumed: false,
    ...rest,
  });
}
