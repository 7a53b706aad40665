/** Numbers as text. No DOM. */

const COUNT = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** `12 345`, with thin spaces. */
export function formatCount(count: number): string {
  return COUNT.format(count).replaceAll(",", "\u2009");
}

/** `212 MiB`. */
export function formatBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1_000 && unit < units.length - 1) {
    value /= 1_024;
    unit += 1;
  }
  return `${value >= 100 || unit === 0 ? formatCount(Math.round(value)) : value.toFixed(1)} ${units[unit] ?? ""}`;
}

/** `38 ms`, `1.2 s`. */
export function formatDuration(ms: number): string {
  const size = Math.abs(ms);
  if (size < 10) return `${ms.toFixed(1)} ms`;
  if (size < 1_000) return `${Math.round(ms)} ms`;
  return size < 60_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`;
}
