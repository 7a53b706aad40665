import { beforeAll, describe, expect, test } from "vitest";
import { deflate } from "../../consumer/extension/frames.testing";
import { type Engine, MAX_FRAME_BYTES } from "./engine";
import { bytesOf, loadTestEngine, makeRandom, randomEntry } from "./engine.testing";
import { makeScriptEngine } from "./script";

let engines: Engine[];

beforeAll(async () => {
  engines = [await loadTestEngine(), makeScriptEngine()];
});

const decoder = new TextDecoder("latin1");

/** Bytes as text, which is compared at once. */
function textOf(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** What both engines inflate, which is equal. */
function inflate(data: Uint8Array, maxBytes = MAX_FRAME_BYTES): string | undefined {
  const [wasm, script] = engines.map((engine) => {
    const inflated = engine.inflate(data, maxBytes);
    return inflated && textOf(inflated);
  });
  expect(wasm).toBe(script);
  return wasm;
}

async function deflated(data: string | Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await deflate(data));
}

test("frames of every length", async () => {
  const random = makeRandom(5);
  for (const count of [0, 1, 2, 10, 256, 700]) {
    const body = bytesOf(Array.from({ length: count }, () => randomEntry(random)).join("\n"));
    expect(inflate(await deflated(body))).toBe(textOf(body));
  }
});

test("bytes that do not compress", async () => {
  const random = makeRandom(6);
  const body = Uint8Array.from({ length: MAX_FRAME_BYTES }, () => random(256));
  expect(inflate(await deflated(body))).toBe(textOf(body));
});

test("no more than may be", async () => {
  const stream = await deflated("a".repeat(1_000));
  expect(inflate(stream, 1_000)?.length).toBe(1_000);
  expect(inflate(stream, 999)).toBeUndefined();
  expect(inflate(await deflated("a".repeat(MAX_FRAME_BYTES + 1)))).toBeUndefined();
  expect(inflate(await deflated(new Uint8Array(8 * 1024 * 1024)))).toBeUndefined();
});

describe("what is no stream", () => {
  test.each([
    ["nothing", []],
    ["a reserved kind of block", [7]],
    ["a length that is wrong", [1, 5, 0, 0, 0]],
    ["a distance beyond the beginning", [0x4b, 0x04, 0x62, 0x00]],
  ])("%s", (_, data) => {
    expect(inflate(Uint8Array.from(data))).toBeUndefined();
  });

  test("the beginning of one", async () => {
    const random = makeRandom(7);
    const whole = await deflated(Array.from({ length: 20 }, () => randomEntry(random)).join("\n"));
    for (let length = 0; length < whole.length - 2; length += 7) {
      expect(inflate(whole.slice(0, length))).toBeUndefined();
    }
  });

  test("chance", async () => {
    const random = makeRandom(8);
    const whole = await deflated(Array.from({ length: 40 }, () => randomEntry(random)).join("\n"));
    const body = inflate(whole);
    for (let round = 0; round < 1_000; round += 1) {
      const stream = round % 2 === 0 ? whole.slice() : new Uint8Array(random(200));
      for (let faults = 1 + random(stream.length); faults > 0; faults = random(2) * (faults - 1)) {
        stream[random(stream.length)] = random(256);
      }
      for (const engine of engines) {
        expect(engine.inflate(stream, MAX_FRAME_BYTES)?.length ?? 0).toBeLessThanOrEqual(MAX_FRAME_BYTES);
      }
    }
    expect(inflate(whole)).toBe(body);
  });
});

test("a body stays where it is through a scan and a search", async () => {
  const body = bytesOf("x\n".repeat(MAX_FRAME_BYTES / 2));
  const stream = await deflated(body);
  for (const engine of engines) {
    const inflated = engine.inflate(stream, MAX_FRAME_BYTES) ?? new Uint8Array();
    const { count } = engine.scan(inflated);
    expect(engine.find(inflated, { text: "X", ignoresCase: true }).length).toBe(count);
    expect(textOf(inflated)).toBe(textOf(body));
    expect(count).toBe(MAX_FRAME_BYTES / 2);
  }
});
