import type { EntryRow, FullEntry, Step } from "../../store/protocol";
import { IconButton } from "../actions/icon_button";
import { pick } from "../language";
import type { Model } from "../model";
import { safeText } from "../text_safe";
import { formatDuration } from "../trace/duration";
import type { Contents } from "./contents";
import { PlaceLink } from "./place";
import { delay, fullTime } from "./time";

const text = pick({
  en: {
    previous: "Previous row (k)",
    next: "Next row (j)",
    close: "Close (Escape)",
    malformed: "NO ENTRY",
    noTime: "no time that can be read",
    time: "time as sent",
    arrived: "arrived",
    delay: "from its timestamp to its arrival here; the clocks of two machines differ",
    producer: "producer",
    target: "target",
    number: "number in the session",
    fetched: "brought back on request",
    place: "logged at",
  },
  zh: {
    previous: "上一行 (k)",
    next: "下一行 (j)",
    close: "关闭 (Escape)",
    malformed: "非条目",
    noTime: "时间无法识别",
    time: "原始时间",
    arrived: "到达",
    delay: "从时间戳到到达此处；两台机器的时钟可能不同",
    producer: "生产者",
    target: "目标",
    number: "会话内编号",
    fetched: "按请求取回",
    place: "记录位置",
  },
});

const LEVEL_CLASSES = ["debug", "info", "warn", "error", "malformed"] as const;

export interface HeadProps {
  readonly model: Model;
  readonly entry: FullEntry;
  readonly contents: Contents;
}

/** What an entry is, in its two first lines. */
export function Head({ model, entry: { row }, contents }: HeadProps) {
  const { zone } = model.settings.value;
  const time = fullTime(row.timeMs, zone, contents.timestamp);
  const level = LEVEL_CLASSES[row.level];
  return (
    <div class="panel-facts">
      <p class="when">
        <span class={`panel-level level-${level}`}>
          {level === "malformed" ? text.malformed : safeText(row.levelName).slice(0, 24)}
        </span>
        <time title={`${text.time}: ${safeText(contents.timestamp ?? "—")}`}>{time ?? text.noTime}</time>
        <Arrival row={row} arrived={fullTime(row.arrivalMs, zone) ?? "—"} />
      </p>
      <p class="who">
        <bdi class={`producer ${model.colourOf(row.producer)}`} title={text.producer}>
          {safeText(model.nameOf(row.producer))}
        </bdi>
        <bdi class="target" title={text.target}>
          {safeText(row.target)}
        </bdi>
        {row.seq !== undefined && (
          <span class="soft" title={text.number}>
            #{row.seq}
          </span>
        )}
        {row.isFetched && <span class="mark">{text.fetched}</span>}
      </p>
      {contents.place !== undefined && (
        <p class="where">
          <span class="soft">{text.place}</span> <PlaceLink place={contents.place} />
        </p>
      )}
    </div>
  );
}

/** How long after its time it arrived; when, without a time of its own. */
function Arrival({ row, arrived }: { row: EntryRow; arrived: string }) {
  return Number.isNaN(row.timeMs) ? (
    <span class="soft">
      {text.arrived} {arrived}
    </span>
  ) : (
    <span class="soft" title={`${text.delay}; ${text.arrived}: ${arrived}`}>
      {delay(row.arrivalMs - row.timeMs, formatDuration)}
    </span>
  );
}

/** Walks on, and closes. */
export function Walk({ model }: { model: Model }) {
  return (
    <span class="walk">
      <IconButton label={text.previous} icon="up" onClick={() => void walk(model, { to: "row", by: -1 })} />
      <IconButton label={text.next} icon="down" onClick={() => void walk(model, { to: "row", by: 1 })} />
      <IconButton label={text.close} icon="close" onClick={() => close(model)} />
    </span>
  );
}

async function walk(model: Model, step: Step): Promise<void> {
  const from = model.selected.value;
  if (from === undefined) {
    return;
  }
  const found = await model.store.ask("step", { from, step }).catch(() => undefined);
  if (found !== undefined && model.selected.value === from) {
    const { list, selected } = model;
    if (list.value === undefined) {
      selected.value = found.id;
    } else {
      list.value.goTo({ kind: "item", id: found.id, offset: 0 }, true);
    }
  }
}

function close(model: Model): void {
  model.trace.value = undefined;
  model.selected.value = undefined;
}
