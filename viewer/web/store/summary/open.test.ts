import { expect, test } from "vitest";
import { MAX_FRAME_BYTES } from "../engine/engine";
import { readBodies } from "./open";

/** Reads a text that comes in parts of `size` bytes. */
async function bodiesOf(text: string, size: number): Promise<string[]> {
  const bytes = new TextEncoder().encode(text);
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let at = 0; at < bytes.length; at += size) {
        controller.enqueue(bytes.slice(at, at + size));
      }
      controller.close();
    },
  });
  const bodies: string[] = [];
  for await (const body of readBodies(stream)) {
    expect(body.length).toBeLessThanOrEqual(MAX_FRAME_BYTES);
    bodies.push(new TextDecoder("utf-8", { ignoreBOM: true }).decode(body));
  }
  return bodies;
}

test.each([1, 2, 3, 1_000])("lines in parts of %i bytes", async (size) => {
  expect(await bodiesOf("", size)).toEqual([]);
  expect(await bodiesOf("\n\r\n", size)).toEqual([]);
  expect(await bodiesOf('{"a":1}', size)).toEqual(['{"a":1}\n']);
  expect(await bodiesOf("\ufeffa\r\n\n订\nc\n", size)).toEqual(["a\n订\nc\n"]);
});

test("bodies are no longer than frames", async () => {
  const lines = Array.from(
    { length: 20_000 },
    (_, index) => `line ${index} ${"x".repeat(index % 90)}\n`,
  ).join("");
  const bodies = await bodiesOf(lines, 65_536);
  expect(bodies.length).toBeGreaterThan(3);
  expect(bodies.every((body) => body.endsWith("\n"))).toBe(true);
  expect(bodies.join("")).toBe(lines);
});

test("a line that is too long is cut", async () => {
  const bodies = await bodiesOf(`a\n${"x".repeat(600_000)}\nb\n`, 65_536);
  expect(bodies).toEqual(["a\n", `${"x".repeat(MAX_FRAME_BYTES - 1)}\n`, "b\n"]);
});
