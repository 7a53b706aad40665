/** Figures of one page. */

/** @param {number[]} values @param {number} share */
export function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** @param {number[]} values */
export function most(values) {
  return values.reduce((max, value) => Math.max(max, value), 0);
}

/** Times between frames. @param {number[]} frames when each began */
export function gaps(frames) {
  return frames.slice(1).map((at, index) => at - frames[index]);
}

/** @param {number[]} frames */
export function framesPerSecond(frames) {
  return (frames.length - 1) / ((frames[frames.length - 1] - frames[0]) / 1e3);
}

/** Entries a second from the first to the last. @param {{at: number, received: number}[]} progress */
export function rateOf(progress) {
  const [first, last] = [progress[0], progress[progress.length - 1]];
  return ((last.received - first.received) / (last.at - first.at)) * 1e3;
}
