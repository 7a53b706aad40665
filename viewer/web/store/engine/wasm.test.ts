import { expect, test } from "vitest";
import { deflate } from "../../consumer/extension/frames.testing";
import { bytesOf, loadTestEngine } from "./engine.testing";
import { loadWasmEngine } from "./wasm";

/** A module whose inflater traps: memory, `engine_new`, `engine_input` and `engine_inflate`. */
function moduleThatTraps(): Uint8Array<ArrayBuffer> {
  const text = (name: string) => [name.length, ...bytesOf(name)];
  const section = (id: number, ...content: number[]) => [id, content.length, ...content];
  const i32 = 0x7f;
  const [end, zero, unreachable] = [0x0b, [0x41, 0], 0x00];
  const [func, memory] = [0, 2];
  return Uint8Array.from([
    ...[0, ...bytesOf("asm"), 1, 0, 0, 0],
    ...section(1, 2, ...[0x60, 0, 1, i32], ...[0x60, 2, i32, i32, 1, i32]),
    ...section(3, 3, 0, 1, 1),
    ...section(5, 1, 0, 1),
    ...section(
      7,
      4,
      ...[...text("memory"), memory, 0],
      ...[...text("engine_new"), func, 0],
      ...[...text("engine_input"), func, 1],
      ...[...text("engine_inflate"), func, 2],
    ),
    ...section(10, 3, ...[4, 0, ...zero, end], ...[4, 0, ...zero, end], ...[3, 0, unreachable, end]),
  ]);
}

test("a trap is a stream that cannot be inflated", async () => {
  const engine = await loadWasmEngine(moduleThatTraps());
  for (let round = 0; round < 3; round += 1) {
    expect(engine.inflate(bytesOf("abc"), 1_000)).toBeUndefined();
  }
});

test("what is no module is refused", async () => {
  await expect(loadWasmEngine(bytesOf("abc"))).rejects.toBeInstanceOf(WebAssembly.CompileError);
});

test("a body longer than any frame, whose columns make the memory grow", async () => {
  const engine = await loadTestEngine();
  const small = bytesOf("a\nb");
  expect(Array.from(engine.scan(small).ends)).toEqual([1, 3]);
  const count = 1_000_000;
  const large = bytesOf("a\n".repeat(count));
  expect(engine.scan(large).count).toBe(count);
  expect(engine.find(large, { text: "A", ignoresCase: true }).length).toBe(count);
  const inflated = engine.inflate(new Uint8Array(await deflate(small)), 100);
  expect(inflated).toEqual(small);
  expect(Array.from(engine.scan(small).ends)).toEqual([1, 3]);
});
