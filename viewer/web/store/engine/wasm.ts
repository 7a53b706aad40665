/** The engine in WebAssembly: `viewer/wasm`, whose functions pass bytes through its memory. */

import type { Engine, Needle, Scan } from "./engine";
import { mayInflate } from "./limits";
import { type PreparedNeedle, prepareNeedle } from "./needle";

interface Exports {
  readonly memory: WebAssembly.Memory;
  engine_new(): number;
  engine_input(engine: number, length: number): number;
  engine_inflate(engine: number, maxBytes: number): number;
  engine_body_for(engine: number, length: number): number;
  engine_body(engine: number): number;
  engine_scan(engine: number, start: number): number;
  engine_column(engine: number, column: number): number;
  engine_needle(engine: number, plain: number, escaped: number, ignoresCase: number): void;
  engine_find(engine: number, start: number): number;
  engine_hits(engine: number): number;
}

/** An address or a length as JavaScript sees it is signed. */
const FAILED = -1;

/** Makes an engine of the bytes of the module. Rejects if WebAssembly, or what the module needs of it, is not there. */
export async function loadWasmEngine(bytes: BufferSource): Promise<Engine> {
  return new WasmEngine(await WebAssembly.compile(bytes));
}

class WasmEngine implements Engine {
  readonly name = "wasm";
  readonly #module: WebAssembly.Module;
  #exports: Exports;
  #engine: number;
  #bodyLength = 0;
  #needle: Needle | undefined;

  constructor(module: WebAssembly.Module) {
    this.#module = module;
    this.#exports = instantiate(module);
    this.#engine = this.#exports.engine_new();
  }

  inflate(data: Uint8Array, maxBytes: number): Uint8Array | undefined {
    if (!mayInflate(data, maxBytes)) {
      return undefined;
    }
    try {
      this.#setInput(data);
      const length = this.#exports.engine_inflate(this.#engine, maxBytes);
      if (length === FAILED) {
        return undefined;
      }
      this.#bodyLength = length;
      return this.#body();
    } catch (error) {
      this.#recover(error);
      return undefined;
    }
  }

  scan(body: Uint8Array): Scan {
    const start = this.#setBody(body);
    const count = this.#exports.engine_scan(this.#engine, start);
    const column = (index: number) => this.#exports.engine_column(this.#engine, index);
    const { buffer } = this.#exports.memory;
    return {
      count,
      starts: new Uint32Array(buffer, column(0), count),
      ends: new Uint32Array(buffer, column(1), count),
      levels: new Uint8Array(buffer, column(2), count),
      times: new Float64Array(buffer, column(3), count),
      targetStarts: new Uint32Array(buffer, column(4), count),
      targetEnds: new Uint32Array(buffer, column(5), count),
      traces: new Uint32Array(buffer, column(6), count),
    };
  }

  find(body: Uint8Array, needle: Needle): Uint32Array {
    const start = this.#setBody(body);
    this.#setNeedle(needle);
    const count = this.#exports.engine_find(this.#engine, start);
    return new Uint32Array(this.#exports.memory.buffer, this.#exports.engine_hits(this.#engine), count);
  }

  #body(): Uint8Array {
    const address = this.#exports.engine_body(this.#engine);
    return new Uint8Array(this.#exports.memory.buffer, address, this.#bodyLength);
  }

  /** Makes `body` the engine's body, or the end of it. Returns where it begins there. */
  #setBody(body: Uint8Array): number {
    const own = this.#body();
    if (body.buffer === own.buffer) {
      const start = body.byteOffset - own.byteOffset;
      if (start >= 0 && start + body.length === own.length) {
        return start;
      }
      return this.#setBody(body.slice());
    }
    const address = this.#exports.engine_body_for(this.#engine, body.length);
    new Uint8Array(this.#exports.memory.buffer).set(body, address);
    this.#bodyLength = body.length;
    return 0;
  }

  #setInput(data: Uint8Array): void {
    // What is copied may lie in the memory, whose growth would take it away.
    const outside = data.buffer === this.#exports.memory.buffer ? data.slice() : data;
    const address = this.#exports.engine_input(this.#engine, data.length);
    new Uint8Array(this.#exports.memory.buffer).set(outside, address);
  }

  #setNeedle(needle: Needle): void {
    if (needle.text === this.#needle?.text && needle.ignoresCase === this.#needle.ignoresCase) {
      return;
    }
    const prepared = prepareNeedle(needle);
    this.#setInput(inputOf(prepared));
    const { plain, escaped } = prepared;
    this.#exports.engine_needle(this.#engine, plain.length, escaped.length, needle.ignoresCase ? 1 : 0);
    this.#needle = { text: needle.text, ignoresCase: needle.ignoresCase };
  }

  /** After a trap: a hostile stream made the inflater give up in the midst of its work, and its stack is not put back. */
  #recover(error: unknown): void {
    if (!(error instanceof WebAssembly.RuntimeError)) {
      throw error;
    }
    this.#exports = instantiate(this.#module);
    this.#engine = this.#exports.engine_new();
    this.#bodyLength = 0;
    this.#needle = undefined;
  }
}

function instantiate(module: WebAssembly.Module): Exports {
  // The module is our own: `wasm.test.ts` calls every export.
  return new WebAssembly.Instance(module).exports as unknown as Exports;
}

/** The two spellings, and a length and two characters for each pair of letters. */
function inputOf({ plain, escaped, folds }: PreparedNeedle): Uint8Array {
  const pairs = folds.flatMap(([from, to]) => [from.length, ...from, ...to]);
  const input = new Uint8Array(plain.length + escaped.length + pairs.length);
  input.set(plain, 0);
  input.set(escaped, plain.length);
  input.set(pairs, plain.length + escaped.length);
  return input;
}
