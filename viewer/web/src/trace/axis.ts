/** Where the time axis of a trace has its labels. No DOM. */

/** More labels have no room. */
const MAX_STEPS = 5;

/** The distance between labels: the least of 1, 2 and 5 times a power of ten of which few enough fit. In milliseconds. */
export function stepOf(lengthMs: number): number {
  if (!(lengthMs > 0)) {
    return 0;
  }
  const least = lengthMs / MAX_STEPS;
  const unit = 10 ** Math.floor(Math.log10(least));
  return unit * ([1, 2, 5, 10].find((times) => times * unit >= least) ?? 10);
}

/** Times from the beginning of a trace, round ones, each with its place between 0 and 1 of the length. */
export function ticksOf(lengthMs: number): readonly { readonly ms: number; readonly share: number }[] {
  const stepMs = stepOf(lengthMs);
  if (stepMs === 0) {
    return [{ ms: 0, share: 0 }];
  }
  const count = Math.floor(lengthMs / stepMs + 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => {
    const ms = index * stepMs;
    return { ms, share: ms / lengthMs };
  });
}
