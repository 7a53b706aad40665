/** Reads a file of lines as a producer. */

import type { Engine, Scan } from "./engine/engine";
import { MALFORMED, type Requests } from "./protocol";
import type { Pause } from "./requests";
import type { Store } from "./store";
import { readBodies } from "./summary/open";
import { translate } from "./summary/translate";

/** Everything in a file was there before it was opened. */
const EVERYTHING = Number.MAX_SAFE_INTEGER;
let files = 0;
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The lines are numbered from 0, in a session of their own. Reading ends early if the producer is forgotten. */
export async function openFile(
  store: Store,
  { file, producer, name }: Requests["open"]["ask"],
  pause: Pause,
): Promise<Requests["open"]["answer"]> {
  files += 1;
  const [session, arrivalMs] = [`file-${files}`, Date.now()];
  store.nameProducer(producer, [name]);
  let lines = 0;
  for await (const [bytes, isLast] of withLast(bodiesOf(file, store.engine))) {
    if (!store.knows(producer)) {
      break;
    }
    const scan = store.engine.scan(bytes);
    const body = { producer, arrivalMs, bytes, scan, session, seqs: lines, frame: undefined };
    lines += scan.count;
    store.take({ ...body, fresh: 0, liveFrom: EVERYTHING, endsHistory: isLast });
    await pause();
  }
  return { lines, session };
}

/** Each item, and whether it is the last one. What was read before an error is passed on first. */
async function* withLast<T>(items: AsyncIterable<T>): AsyncGenerator<readonly [item: T, isLast: boolean]> {
  let held: readonly [T] | undefined;
  try {
    for await (const item of items) {
      if (held !== undefined) {
        yield [held[0], false];
      }
      held = [item];
    }
  } catch (error) {
    if (held !== undefined) {
      yield [held[0], true];
    }
    throw error;
  }
  if (held !== undefined) {
    yield [held[0], true];
  }
}

/** Lines of other libraries as entries. */
async function* bodiesOf(file: Blob, engine: Engine): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for await (const bytes of readBodies(file.stream())) {
    const scan = engine.scan(bytes);
    if (scan.levels.includes(MALFORMED)) {
      // Entries may be longer than what they were: they are divided anew.
      yield* readBodies(new Blob(translated(bytes, scan)).stream());
    } else {
      yield bytes;
    }
  }
}

/** A line that is none of them stays as it is, byte for byte. */
function translated(bytes: Uint8Array<ArrayBuffer>, { levels, starts, ends, count }: Scan): BlobPart[] {
  return Array.from({ length: count }, (_, index) => {
    const line = bytes.subarray(starts[index], ends[index]);
    return [(levels[index] === MALFORMED ? translate(decoder.decode(line)) : undefined) ?? line, "\n"];
  }).flat();
}
