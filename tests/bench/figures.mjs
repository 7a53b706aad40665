/** How figures are printed. */

/** @param {number[]} values */
export function spread(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return { min: sorted[0], median: sorted[Math.floor(sorted.length / 2)], max: sorted[sorted.length - 1] };
}

/** @param {string} name @param {number[]} values @param {string} unit */
export function report(name, values, unit) {
  const { min, median, max } = spread(values);
  const text = [min, median, max].map((value) => Math.round(value).toLocaleString("en"));
  console.log(`${name.padEnd(58)} min ${text[0]}  median ${text[1]}  max ${text[2]} ${unit}`);
  return median;
}
