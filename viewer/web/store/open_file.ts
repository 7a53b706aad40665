/** Reads a file of lines as a producer. */

import type { Requests } from "./protocol";
import type { Pause } from "./requests";
import type { Store } from "./store";
import { readBodies } from "./summary/open";

/** Everything in a file was there before it was opened. */
const EVERYTHING = Number.MAX_SAFE_INTEGER;
let files = 0;

/** The lines are numbered from 0, in a session of their own. */
export async function openFile(
  store: Store,
  file: Blob,
  name: string,
  pause: Pause,
): Promise<Requests["open"]["answer"]> {
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
  return { lines, session };
}
