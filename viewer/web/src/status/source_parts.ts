/** What producers are asked to send, as a reader writes it. No DOM. */

import type { SourceFilter } from "../../consumer";

/** `off,shop::db=warn` is `shop::db WARN+`; a level alone is `WARN+`. Nothing for everything. */
export function sourceParts({ level, filter }: SourceFilter): string[] {
  const directives = filter === undefined || filter === "" ? [] : filter.split(",");
  const parts = directives.map((directive) => {
    const at = directive.lastIndexOf("=");
    const atLeast = levelText(directive.slice(at + 1));
    return at === -1 ? atLeast : `${directive.slice(0, at)} ${atLeast}`;
  });
  // Beside targets that are sent, nothing else is: that goes without saying.
  const sent = parts.length > 1 && parts[0] === "off" ? parts.slice(1) : parts;
  return level === undefined ? sent : [levelText(level), ...sent];
}

function levelText(level: string): string {
  return level === "off" ? level : `${level.toUpperCase()}+`;
}
