/** One entry as a row; opened, with all that it holds. */

import { levelOf, type Received } from "../consumer";
import { element } from "./element";
import { firstLine, formatTime, formatValue, shortenId, toPrettyJson } from "./format";

export interface RowOptions {
  readonly producerName: string;
  readonly colourClass: string;
  readonly isOpen: boolean;
  onToggle(): void;
}

/** Makes the row of an entry. It is made anew when it is opened or closed. */
export function makeRow(received: Received, options: RowOptions): HTMLElement {
  const { entry } = received;
  const level = levelOf(entry);
  const row = element("article", `row level-${level.toLowerCase()}`);
  row.append(makeLine(received, level, options));
  if (options.isOpen) {
    row.classList.add("open");
    row.append(makeDetails(received));
  }
  return row;
}

function makeLine({ entry }: Received, level: string, options: RowOptions): HTMLElement {
  const { line, hasMore } = firstLine(entry.message);
  const toggle = element("button", "toggle");
  toggle.type = "button";
  toggle.ariaExpanded = String(options.isOpen);
  toggle.ariaLabel = "Show the whole entry";

  const time = element("time", "time", formatTime(entry.timestamp));
  time.title = entry.timestamp;
  const producer = element("span", `producer ${options.colourClass}`, options.producerName);
  producer.title = options.producerName;
  const target = element("span", "target", entry.target);
  target.title = entry.target;

  const text = element("span", "text", element("span", "message", line));
  if (hasMore) {
    text.append(element("span", "more", " ⏎"));
  }
  for (const [key, value] of Object.entries(entry.fields ?? {})) {
    const field = element("span", "field", element("span", "key", `${key}=`), formatValue(value));
    text.append("  ", field);
  }
  for (const [name, id] of spanIds(entry.span)) {
    text.append("  ", element("span", "span", `${name}=${shortenId(id)}`));
  }

  const made = element("div", "line", toggle, time, element("span", "level", level), producer, target, text);
  made.addEventListener("click", () => {
    // Who selects text wants to copy it, not to open the entry.
    if (document.getSelection()?.isCollapsed !== false) {
      options.onToggle();
    }
  });
  return made;
}

function spanIds(span: Received["entry"]["span"]): [string, string][] {
  const ids: [string, unknown][] = [
    ["span", span?.id],
    ["trace", span?.trace_id],
    ["parent", span?.parent_id],
  ];
  return ids.flatMap(([name, id]) => (typeof id === "string" && id !== "" ? [[name, id]] : []));
}

function makeDetails({ producer, entry }: Received): HTMLElement {
  const details = element("div", "details");
  for (const [name, text] of longTexts(entry)) {
    details.append(element("h3", "title", name), element("pre", "long", text));
  }
  details.append(element("h3", "title", `entry of ${producer}`), element("pre", "json", toPrettyJson(entry)));
  return details;
}

/** Texts of several lines, such as stack traces: as JSON they cannot be read. */
function longTexts(entry: Received["entry"]): [string, string][] {
  const texts: [string, unknown][] = [["message", entry.message], ...Object.entries(entry.fields ?? {})];
  return texts.flatMap(([name, text]) =>
    typeof text === "string" && text.includes("\n") ? [[name, text]] : [],
  );
}
