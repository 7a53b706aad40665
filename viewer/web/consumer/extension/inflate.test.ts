import { expect, test } from "vitest";
import { deflate } from "./frames.testing";
import { inflate, MAX_INFLATED_BYTES } from "./inflate";

/** Text that compresses badly, so that its stream is fed in several slices. */
function noise(length: number): string {
  let state = 1;
  return Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return String.fromCharCode(32 + (state % 95));
  }).join("");
}

test.each([["short"], ["日志".repeat(20_000)], [noise(63 * 1024)], [" ".repeat(MAX_INFLATED_BYTES)], [""]])(
  "%.20j comes back",
  async (text) => {
    expect(await inflate(await deflate(text))).toEqual({
      text,
      bytes: new TextEncoder().encode(text).length,
    });
  },
);

test.each([
  ["too long", await deflate(" ".repeat(MAX_INFLATED_BYTES + 1))],
  ["far too long", await deflate(" ".repeat(64 * 1024 * 1024))],
  ["cut off", (await deflate(noise(1_000))).slice(0, 500)],
  ["of another format", await deflate("a", "deflate")],
  ["no stream", new ArrayBuffer(8)],
  ["nothing", new ArrayBuffer(0)],
  ["no UTF-8", await deflate(new Uint8Array([0xff, 0xfe]))],
])("what is %s is undefined, and what comes next is read", async (_, data) => {
  expect(await inflate(data)).toBeUndefined();
  expect((await inflate(await deflate("next")))?.text).toBe("next");
});
