/** The engine in JavaScript, for where WebAssembly is not allowed. Several times slower, with equal results. */

import { inflateSync } from "fflate";
import { MALFORMED } from "../protocol";
import type { Engine, Needle, Scan } from "./engine";
import { mayInflate } from "./limits";
import { prepareNeedle } from "./needle";
import { EntryReader } from "./script/entry";
import { Finder, lineEnd } from "./script/find";
import { LINE_END, NONE, Reader } from "./script/json";

export function makeScriptEngine(): Engine {
  return new ScriptEngine();
}

class ScriptEngine implements Engine {
  readonly name = "script";
  readonly #reader = new Reader();
  readonly #entry = new EntryReader(this.#reader);
  #inflated = new Uint8Array();
  #padded = new Uint8Array();
  #columns = columnsFor(256);
  #needle: Needle | undefined;
  #finder: Finder | undefined;

  inflate(data: Uint8Array, maxBytes: number): Uint8Array | undefined {
    if (!mayInflate(data, maxBytes)) {
      return undefined;
    }
    // A buffer that is given does not grow: a stream that fills its last byte is too long.
    if (this.#inflated.length !== maxBytes + 1) {
      this.#inflated = new Uint8Array(maxBytes + 1);
    }
    try {
      const inflated = inflateSync(data, { out: this.#inflated });
      return inflated.length <= maxBytes ? inflated : undefined;
    } catch {
      return undefined;
    }
  }

  scan(body: Uint8Array): Scan {
    const bytes = this.#pad(body);
    this.#reader.bytes = bytes;
    let count = 0;
    for (let start = 0; start < body.length; count += 1) {
      if (count === this.#columns.starts.length) {
        this.#columns = grown(this.#columns);
      }
      start = this.#line(start, count) + 1;
    }
    const { starts, ends, levels, times, targetStarts, targetEnds, traces } = this.#columns;
    return {
      count,
      starts: starts.subarray(0, count),
      ends: ends.subarray(0, count),
      levels: levels.subarray(0, count),
      times: times.subarray(0, count),
      targetStarts: targetStarts.subarray(0, count),
      targetEnds: targetEnds.subarray(0, count),
      traces: traces.subarray(0, count),
    };
  }

  find(body: Uint8Array, needle: Needle): Uint32Array {
    if (needle.text !== this.#needle?.text || needle.ignoresCase !== this.#needle.ignoresCase) {
      this.#finder = undefined;
      this.#needle = { text: needle.text, ignoresCase: needle.ignoresCase };
    }
    this.#finder ??= new Finder(prepareNeedle(needle));
    return this.#finder.find(this.#pad(body), body.length);
  }

  /** Reads the line at `start` into the columns. Returns where it ends. */
  #line(start: number, index: number): number {
    const entry = this.#entry;
    const end = entry.read(start);
    const isEntry = end !== NONE;
    const lineEnds = isEntry ? end : lineEnd(this.#reader.bytes, start);
    const columns = this.#columns;
    columns.starts[index] = start;
    columns.ends[index] = lineEnds;
    columns.levels[index] = isEntry ? entry.level : MALFORMED;
    columns.times[index] = isEntry ? entry.timeMs : Number.NaN;
    columns.targetStarts[index] = isEntry ? entry.targetStart : start;
    columns.targetEnds[index] = isEntry ? entry.targetEnd : start;
    columns.traces[index] = isEntry ? entry.trace : 0;
    return lineEnds;
  }

  /** The body, followed by a line end: what reads it stops there. */
  #pad(body: Uint8Array): Uint8Array<ArrayBuffer> {
    if (this.#padded.length < body.length + 1) {
      this.#padded = new Uint8Array(body.length * 2 + 1);
    }
    this.#padded.set(body);
    this.#padded[body.length] = LINE_END;
    return this.#padded.subarray(0, body.length + 1);
  }
}

type Columns = ReturnType<typeof columnsFor>;

function columnsFor(lines: number) {
  return {
    starts: new Uint32Array(lines),
    ends: new Uint32Array(lines),
    levels: new Uint8Array(lines),
    times: new Float64Array(lines),
    targetStarts: new Uint32Array(lines),
    targetEnds: new Uint32Array(lines),
    traces: new Uint32Array(lines),
  };
}

/** Columns twice as long, with what these hold. */
function grown(columns: Columns): Columns {
  const more = columnsFor(columns.starts.length * 2);
  more.starts.set(columns.starts);
  more.ends.set(columns.ends);
  more.levels.set(columns.levels);
  more.times.set(columns.times);
  more.targetStarts.set(columns.targetStarts);
  more.targetEnds.set(columns.targetEnds);
  more.traces.set(columns.traces);
  return more;
}
