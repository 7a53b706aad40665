/** What an engine takes, whichever it is. */

/** DEFLATE makes what does not compress longer by five bytes in 64 KiB: much more is no honest stream. */
const SLACK_BYTES = 1_024;

/** Whether `data` may be a stream of at most `maxBytes`. */
export function mayInflate(data: Uint8Array, maxBytes: number): boolean {
  return data.length > 0 && data.length <= maxBytes + SLACK_BYTES;
}
