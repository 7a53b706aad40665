/** A file of lines as the bodies of frames, which the store takes as a producer's. */

import { MAX_FRAME_BYTES } from "../engine/engine";
import { BLOCK_STRIDE } from "../protocol";

const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/**
 * Divides a stream into bodies of whole lines, each line with one line feed, as long as a frame may be. Empty lines are left
 * out, and so are a byte order mark and carriage returns before line feeds. A line that is longer than a frame is cut.
 */
export async function* readBodies(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const divider = new Divider();
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      break;
    }
    yield* divider.push(value);
  }
  yield* divider.end();
}

class Divider {
  #body = new Uint8Array(MAX_FRAME_BYTES);
  #length = 0;
  #lines = 0;
  /** What of the last line has come yet, cut. */
  #line = new Uint8Array(MAX_FRAME_BYTES);
  #lineLength = 0;
  #isFirst = true;

  *push(chunk: Uint8Array): Generator<Uint8Array<ArrayBuffer>> {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      this.#append(chunk.subarray(start, end));
      yield* this.#endLine();
      start = end + 1;
    }
    this.#append(chunk.subarray(start));
  }

  *end(): Generator<Uint8Array<ArrayBuffer>> {
    yield* this.#endLine();
    yield* this.#flush();
  }

  #append(part: Uint8Array): void {
    // Room for the line feed.
    const room = MAX_FRAME_BYTES - 1 - this.#lineLength;
    this.#line.set(part.subarray(0, room), this.#lineLength);
    this.#lineLength += Math.min(part.length, room);
  }

  *#endLine(): Generator<Uint8Array<ArrayBuffer>> {
    let line = this.#line.subarray(0, this.#lineLength);
    this.#lineLength = 0;
    if (this.#isFirst && BYTE_ORDER_MARK.every((byte, index) => line[index] === byte)) {
      line = line.subarray(BYTE_ORDER_MARK.length);
    }
    this.#isFirst = false;
    if (line.at(-1) === RETURN) {
      line = line.subarray(0, -1);
    }
    if (line.length === 0) {
      return;
    }
    if (this.#length + line.length + 1 > MAX_FRAME_BYTES || this.#lines === BLOCK_STRIDE) {
      yield* this.#flush();
    }
    this.#body.set(line, this.#length);
    this.#body[this.#length + line.length] = LINE_FEED;
    this.#length += line.length + 1;
    this.#lines += 1;
  }

  *#flush(): Generator<Uint8Array<ArrayBuffer>> {
    if (this.#length > 0) {
      yield this.#body.slice(0, this.#length);
    }
    this.#length = 0;
    this.#lines = 0;
  }
}
