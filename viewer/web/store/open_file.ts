/** Reads a file of lines as a producer. */

import type { Pause } from "./requests";
import type { Store } from "./store";
import { readBodies } from "./summary/open";

/** Everything in a file was there before it was opened. */
const EVERYTHING = Number.MAX_SAFE_INTEGER;
let files = 0;

/** Returns how many lines it had. They are numbered, in a session of their own. */
export async function openFile(store: Store, file: Blob, name: string, pause: Pause): Promise<number> {
  files += 1;
  const [session, arrivalMs] = [`file-${files}`, Date.now()];
  let lines = 0;
  for await (const bytes of readBodies(file.stream())) {
    const scan = store.engine.scan(bytes);
    const body = { producer: name, arrivalMs, bytes, scan, session, seqs: lines, frame: undefined };
    lines += scan.count;
    store.take({ ...body, fresh: 0, liveFrom: EVERYTHING });
    await pause();
  }
  return lines;
}
