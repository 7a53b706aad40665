/** Raw DEFLATE to text, with a bound: what is inflated was written by somebody else. */

/** A frame has at most 63 KiB before compression, or one entry that is longer. */
export const MAX_INFLATED_BYTES = 256 * 1024;
/** DEFLATE grows by a factor of 1 032 at most, and a browser inflates all that it is given at once: no more than 16 MiB. */
const SLICE_BYTES = 16 * 1024;

export interface Inflated {
  readonly text: string;
  /** Of the text, as UTF-8. */
  readonly bytes: number;
}

/** Whether this browser can inflate raw DEFLATE. */
export const canInflate = typeof DecompressionStream === "function";

const decoder = new TextDecoder("utf-8", { fatal: true });

/** The text in `data`; undefined if it is no raw DEFLATE stream, no UTF-8, or too long. */
export async function inflate(data: ArrayBuffer): Promise<Inflated | undefined> {
  const stream = new DecompressionStream("deflate-raw");
  const writer = stream.writable.getWriter();
  const reader = stream.readable.getReader();
  // A stream that fails fails on both sides; the reader reports it.
  const written = write(writer, data).catch(() => {});
  try {
    const bytes = await readAll(reader);
    return { text: decoder.decode(bytes), bytes: bytes.length };
  } catch {
    await reader.cancel().catch(() => {});
    return undefined;
  } finally {
    await written;
  }
}

async function write(writer: WritableStreamDefaultWriter<BufferSource>, data: ArrayBuffer): Promise<void> {
  for (let start = 0; start < data.byteLength; start += SLICE_BYTES) {
    await writer.write(new Uint8Array(data, start, Math.min(SLICE_BYTES, data.byteLength - start)));
  }
  await writer.close();
}

async function readAll(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : join(chunks, length);
    }
    chunks.push(value);
    length += value.length;
    if (length > MAX_INFLATED_BYTES) {
      throw new RangeError(`more than ${MAX_INFLATED_BYTES} bytes`);
    }
  }
}

function join(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const joined = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    joined.set(chunk, offset);
    offset += chunk.length;
  }
  return joined;
}
