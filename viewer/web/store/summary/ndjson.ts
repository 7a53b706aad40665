/** Entries as NDJSON, with where they came from. */

import { readEntry } from "../reading";

const MEMBER = "producer";

/** The line with the producer as its last member. A line that is no entry, or that has such a member, stays as it is. */
export function withProducer(line: string, producer: string): string {
  const entry = readEntry(line);
  const end = line.lastIndexOf("}");
  return entry === undefined || entry.all.has(MEMBER)
    ? line
    : `${line.slice(0, end)},${JSON.stringify(MEMBER)}:${JSON.stringify(producer)}${line.slice(end)}`;
}
