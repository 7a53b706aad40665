import { expect, test } from "vitest";
import { makeRandom } from "./engine/engine.testing";
import { copyOfPiece, type Piece, Slabs } from "./slabs";

test("pieces do not overlap, are aligned, and share buffers unless they are long", () => {
  const random = makeRandom(5);
  const slabs = new Slabs();
  const pieces: Piece[] = [];
  for (let number = 0; number < 500; number += 1) {
    const piece = slabs.allocate(random(number % 50 === 0 ? 400_000 : 20_000));
    new Uint8Array(piece.buffer, piece.offset, piece.length).fill(number % 251);
    pieces.push(piece);
  }
  for (const [number, piece] of pieces.entries()) {
    expect(piece.offset % 8).toBe(0);
    const copy = copyOfPiece(piece);
    expect([copy.offset, copy.buffer.byteLength]).toEqual([0, piece.length]);
    expect(new Uint8Array(copy.buffer).every((byte) => byte === number % 251)).toBe(true);
  }
  const isLong = ({ length }: Piece) => length > 200_000;
  const buffers = new Set(pieces.filter((piece) => !isLong(piece)).map(({ buffer }) => buffer));
  expect(buffers.size).toBeLessThan(20);
  expect(pieces.filter(isLong).every(({ buffer, length }) => buffer.byteLength === length)).toBe(true);
});
