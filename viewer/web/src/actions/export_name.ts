/** What an exported file is called: `logrtc-2026-01-31T14-03-07Z.ndjson`, which every file system takes. */
export function exportName(extension: string, nowMs: number): string {
  const time = new Date(nowMs).toISOString().slice(0, 19).replaceAll(":", "-");
  return `logrtc-${time}Z.${extension}`;
}
