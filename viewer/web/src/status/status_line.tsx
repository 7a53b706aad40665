/** The bottom line: every entry is accounted for. */

import { formatBytes, formatCount } from "../format";
import { pick } from "../language";
import { formatDay, formatTime } from "../list/time";
import { isNarrowed, type Model } from "../model";
import { safeText } from "../text_safe";
import { Resume } from "./resume";
import { sourceParts } from "./source_parts";
import "./status.css";

const text = pick({
  en: {
    shown: (shown: string, held: string) => `${shown} shown of ${held} held`,
    held: (held: string) => `${held} ${held === "1" ? "entry" : "entries"} held`,
    searching: (percent: number) => `searching, ${percent} %`,
    since: "since",
    received: "received",
    dropped: "dropped here, for memory",
    fetched: "fetched",
    lost: "lost",
    filtered: "left out at the source",
    malformed: "malformed",
    source: "at the source:",
    everything: "everything",
  },
  zh: {
    shown: (shown: string, held: string) => `显示 ${shown} / 保存 ${held}`,
    held: (held: string) => `保存 ${held} 条`,
    searching: (percent: number) => `搜索中 ${percent} %`,
    since: "自",
    received: "已接收",
    dropped: "因内存在此丢弃",
    fetched: "已取回",
    lost: "丢失",
    filtered: "在源头过滤",
    malformed: "格式错误",
    source: "源头过滤：",
    everything: "全部",
  },
});

const SEARCHING_ROWS = 1_000;

export function StatusLine({ model }: { model: Model }) {
  return (
    <footer class="status">
      <span class="counts" id="counts">
        {partsOf(model).map((part) => (
          <span key={part.key} class={`count ${part.key}`}>
            {part.shown}
          </span>
        ))}
      </span>
      <Source model={model} />
      <Resume model={model} />
    </footer>
  );
}

function partsOf(model: Model): { key: string; shown: string }[] {
  const {
    received,
    fetched,
    held,
    shown,
    searched,
    bytes,
    maxBytes,
    dropped,
    lost,
    filtered,
    malformed,
    oldestMs,
  } = model.counts.value;
  const { zone } = model.settings.value;
  const hasRest = isNarrowed(model.view.value);
  const parts = [
    {
      key: "held",
      shown: hasRest ? text.shown(formatCount(shown), formatCount(held)) : text.held(formatCount(held)),
    },
  ];
  const push = (key: string, content: string) => parts.push({ key, shown: content });
  // What has just come is looked at next: that is no search.
  if (hasRest && held - searched > SEARCHING_ROWS)
    push("searching", text.searching(Math.floor((searched / held) * 100)));
  if (oldestMs !== undefined)
    push("since", `${text.since} ${since(oldestMs, zone === "utc" ? "utc" : "local")}`);
  push("bytes", maxBytes > 0 ? `${formatBytes(bytes)} / ${formatBytes(maxBytes)}` : formatBytes(bytes));
  if (received !== held || fetched > 0) push("received", `${formatCount(received)} ${text.received}`);
  if (fetched > 0) push("fetched", `${formatCount(fetched)} ${text.fetched}`);
  if (dropped > 0) push("dropped", `${formatCount(dropped)} ${text.dropped}`);
  if (lost > 0) push("lost", `${formatCount(lost)} ${text.lost}`);
  if (filtered > 0) push("filtered", `${formatCount(filtered)} ${text.filtered}`);
  if (malformed > 0) push("malformed", `${formatCount(malformed)} ${text.malformed}`);
  return parts;
}

/** The day, too, if it is not today. */
function since(ms: number, zone: "utc" | "local"): string {
  const day = formatDay(ms, zone);
  const time = formatTime(ms, zone, 0).slice(0, 8);
  return day === formatDay(Date.now(), zone) ? time : `${day} ${time}`;
}

function Source({ model }: { model: Model }) {
  const parts = sourceParts(model.sourceFilter.value);
  return (
    <span class="source">
      {text.source} {parts.length === 0 ? text.everything : <bdi>{safeText(parts.join(", "))}</bdi>}
    </span>
  );
}
