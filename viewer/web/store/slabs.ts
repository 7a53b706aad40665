/**
 * Memory for what blocks hold. Many share a buffer, because browsers round each one up, by half a page of 4 KiB on average in
 * Firefox, which is 8 bytes an entry. Blocks go in about the order in which they came, so a slab is empty soon after its first
 * block is; its memory is the garbage collector's.
 */

/** A part of a buffer. */
export interface Piece {
  readonly buffer: ArrayBuffer;
  /** A multiple of 8. */
  readonly offset: number;
  readonly length: number;
}

const SLAB_BYTES = 1024 * 1024;
/** What is longer has a buffer of its own: little of that is rounding. */
const MAX_SHARED_BYTES = SLAB_BYTES / 8;
const ALIGNMENT = 8;

export class Slabs {
  #slab = new ArrayBuffer(0);
  #used = 0;

  /** Returns memory that nobody else has. */
  allocate(length: number): Piece {
    if (length > MAX_SHARED_BYTES) {
      return ownPiece(length);
    }
    if (this.#used + length > this.#slab.byteLength) {
      this.#slab = new ArrayBuffer(SLAB_BYTES);
      this.#used = 0;
    }
    const piece = { buffer: this.#slab, offset: this.#used, length };
    this.#used += Math.ceil(length / ALIGNMENT) * ALIGNMENT;
    return piece;
  }
}

/** All of a new buffer. */
export function ownPiece(length: number): Piece {
  return { buffer: new ArrayBuffer(length), offset: 0, length };
}

/** A copy in a buffer of its own. */
export function copyOfPiece({ buffer, offset, length }: Piece): Piece {
  return { buffer: buffer.slice(offset, offset + length), offset: 0, length };
}
