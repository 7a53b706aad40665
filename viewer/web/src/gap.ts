/** Entries that are missing, as a row. */

import type { Gap, GapReason } from "../consumer";
import { element } from "./element";
import { formatCount } from "./format";

const REASON_TEXT: Record<GapReason, string> = {
  overflow: "the journal was full",
  refused: "refused, because the journal was full",
  oversize: "longer than this browser accepts",
  away: "no longer held when the connection came back",
  unreadable: "they could not be read",
  unknown: "the program does not say why",
};

/** `12 entries lost here (the journal was full)`. */
export function gapText({ first, last, reason }: Gap): string {
  const count = last - first + 1;
  return `${formatCount(count)} ${count === 1 ? "entry" : "entries"} lost here (${REASON_TEXT[reason]})`;
}

export interface GapRowOptions {
  readonly producerName: string;
  readonly colourClass: string;
}

/** Makes the row of a gap, at the place of the entries that are missing. */
export function makeGapRow(gap: Gap, { producerName, colourClass }: GapRowOptions): HTMLElement {
  const producer = element("span", `producer ${colourClass}`, producerName);
  producer.title = producerName;
  const text = element("span", "text", gapText(gap));
  text.title = `numbers ${gap.first} to ${gap.last}`;
  const empty = (className: string) => element("span", className);
  const line = element(
    "div",
    "line",
    empty("toggle-room"),
    empty("time"),
    empty("level"),
    producer,
    empty("target"),
    text,
  );
  return element("article", "row gap", line);
}
