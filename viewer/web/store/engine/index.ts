/** The engine of this browser. */

import type { Engine } from "./engine";
import wasmUrl from "./engine.wasm?url";
import { makeScriptEngine } from "./script";
import { loadWasmEngine } from "./wasm";

/** Loads the engine in WebAssembly. Where there is none, or a policy of the site forbids it, takes the one in JavaScript. */
export async function loadEngine(): Promise<Engine> {
  try {
    return await loadWasmEngine(await fetchBytes(new URL(wasmUrl, import.meta.url)));
  } catch {
    return makeScriptEngine();
  }
}

async function fetchBytes(url: URL): Promise<ArrayBuffer> {
  const response = await fetch(url);
  if (!response.ok) {
    throw new Error(`${url}: ${response.status}`);
  }
  return response.arrayBuffer();
}
