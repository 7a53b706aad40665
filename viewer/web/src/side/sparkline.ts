/** Small bars over time, as the path of an SVG: what is there at all is at least one pixel high. */
export function sparkline(counts: readonly number[], width: number, height: number): string {
  const most = counts.reduce((highest, count) => Math.max(highest, count), 0);
  const step = width / Math.max(1, counts.length);
  return counts
    .flatMap((count, index) => {
      if (count <= 0) {
        return [];
      }
      const bar = Math.max(1, (count / most) * height);
      const [left, right] = [index * step, (index + 1) * step - 1].map((x) => Number(x.toFixed(2)));
      return [`M${left} ${height}V${Number((height - bar).toFixed(2))}H${right}V${height}Z`];
    })
    .join("");
}
