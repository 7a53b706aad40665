import { useEffect, useMemo, useState } from "preact/hooks";
import type { FullEntry } from "../../store/protocol";
import { CopyButton } from "../actions/copy_button";
import { filterFor, traceTerm } from "../actions/filter";
import { IconButton } from "../actions/icon_button";
import { pick } from "../language";
import type { Model } from "../model";
import { safeText } from "../text_safe";
import { stepOf, ticksOf } from "./axis";
import { formatDuration } from "./duration";
import { type Bar, layOut, share, type Waterfall } from "./waterfall";
import "./trace.css";

const text = pick({
  en: {
    title: "Trace",
    back: "Back to the entry",
    close: "Close (Escape)",
    copy: "Copy the id of the trace",
    only: "Only this trace in the list",
    none: "No entry of this trace is held.",
    most: "Only the first 2 000 entries are shown.",
    orphan: "Its parent is not here",
    untimed: (count: number) => `${count} without a time that can be read, at the start`,
    summary: (bars: number, time: string) => `${bars} lines, ${time}`,
    at: (time: string) => `after ${time}`,
    took: (time: string) => `took ${time}`,
  },
  zh: {
    title: "追踪",
    back: "返回条目",
    close: "关闭 (Escape)",
    copy: "复制追踪 ID",
    only: "列表中只显示此追踪",
    none: "未保留此追踪的任何条目。",
    most: "只显示前 2 000 个条目。",
    orphan: "其父跨度不在此处",
    untimed: (count: number) => `${count} 个条目的时间无法识别，排在开头`,
    summary: (bars: number, time: string) => `${bars} 行，${time}`,
    at: (time: string) => `${time} 之后`,
    took: (time: string) => `耗时 ${time}`,
  },
});

const MAX_ENTRIES = 2_000;
const MAX_INDENT = 12;
/** A time stands behind bars that end before. */
const MAX_BEHIND = 0.75;
const REFRESH_MS = 1_000;
const LEVEL_CLASSES = ["debug", "info", "warn", "error", "malformed"] as const;

/** A trace over time: spans below those that called them. */
export function Trace({ model, traceId }: { model: Model; traceId: string }) {
  const entries = useTrace(model, traceId);
  const waterfall = useMemo(() => layOut(entries ?? []), [entries]);
  const lengthMs = waterfall.endMs - waterfall.startMs;
  const lasted = formatDuration(lengthMs);
  const hasProducers = new Set(waterfall.bars.map(({ row }) => row.producer)).size > 1;
  return (
    <>
      <div class="panel-head">
        <h2>{text.title}</h2>
        <span class="walk">
          {model.selected.value !== undefined && (
            <IconButton label={text.back} icon="back" onClick={() => leave(model, false)} />
          )}
          <IconButton label={text.close} icon="close" onClick={() => leave(model, true)} />
        </span>
      </div>
      <div class="panel-body trace">
        <p class="trace-id">
          <bdi>{safeText(traceId)}</bdi>
          <CopyButton label={text.copy} content={() => traceId} isSmall />
          <button type="button" class="button" onClick={() => filterFor(model, traceTerm(traceId))}>
            {text.only}
          </button>
        </p>
        {entries?.length === 0 && <p class="soft">{text.none}</p>}
        {entries !== undefined && entries.length > 0 && (
          <>
            <p class="soft">
              {text.summary(waterfall.bars.length, lasted)}
              {waterfall.untimed > 0 && ` · ${text.untimed(waterfall.untimed)}`}
              {entries.length >= MAX_ENTRIES && ` · ${text.most}`}
            </p>
            <Axis lengthMs={lengthMs} />
            <ol
              class="bars"
              style={{ "--step": `${lengthMs > 0 ? (stepOf(lengthMs) / lengthMs) * 100 : 100}%` }}
            >
              {waterfall.bars.map((bar) => (
                <Line
                  key={`${bar.kind}${bar.row.id}`}
                  model={model}
                  bar={bar}
                  waterfall={waterfall}
                  hasProducers={hasProducers}
                />
              ))}
            </ol>
          </>
        )}
      </div>
    </>
  );
}

function leave(model: Model, isWhole: boolean): void {
  model.trace.value = undefined;
  if (isWhole) {
    model.selected.value = undefined;
  }
}

/** The entries of a trace, which may go on. */
function useTrace(model: Model, traceId: string): readonly FullEntry[] | undefined {
  const [entries, setEntries] = useState<readonly FullEntry[]>();
  useEffect(() => {
    let isWanted = true;
    let known = -1;
    const look = async () => {
      const { received } = model.counts.peek();
      if (received === known) {
        return;
      }
      known = received;
      const found = await model.store.ask("trace", traceId).catch(() => []);
      if (isWanted) {
        setEntries((before) => (before?.length === found.length && before.length > 0 ? before : found));
      }
    };
    void look();
    const timer = setInterval(() => void look(), REFRESH_MS);
    return () => {
      isWanted = false;
      clearInterval(timer);
    };
  }, [model, traceId]);
  return entries;
}

function Axis({ lengthMs }: { lengthMs: number }) {
  return (
    <div class="axis" aria-hidden="true">
      {ticksOf(lengthMs).map(({ ms, share: place }) => (
        <span key={ms} style={{ left: `${place * 100}%` }}>
          {formatDuration(ms)}
        </span>
      ))}
    </div>
  );
}

interface LineProps {
  readonly model: Model;
  readonly bar: Bar;
  readonly waterfall: Waterfall;
  /** Whether entries are of several producers. */
  readonly hasProducers: boolean;
}

function Line({ model, bar, waterfall, hasProducers }: LineProps) {
  const { row } = bar;
  const start = share(waterfall, bar.startMs);
  const width = share(waterfall, bar.endMs) - start;
  const after = formatDuration(bar.startMs - waterfall.startMs);
  const took = bar.durationMs === undefined ? undefined : formatDuration(bar.durationMs);
  const label = safeText(bar.label).slice(0, 300);
  const facts = [
    text.at(after),
    ...(took === undefined ? [] : [text.took(took)]),
    ...(bar.isOrphan ? [text.orphan] : []),
  ];
  const level = LEVEL_CLASSES[row.level];
  return (
    <li>
      <button
        type="button"
        class={`bar-line ${bar.kind} level-${level}`}
        title={`${label}\n${facts.join(" · ")}`}
        aria-current={model.selected.value === row.id}
        onClick={() => select(model, bar)}
      >
        <span class="bar-name" style={{ paddingInlineStart: `${Math.min(MAX_INDENT, bar.depth) * 10}px` }}>
          {bar.isOrphan && <span title={text.orphan}>⤷ </span>}
          {hasProducers && (
            <>
              <bdi class={`producer ${model.colourOf(row.producer)}`}>
                {safeText(model.nameOf(row.producer))}
              </bdi>{" "}
            </>
          )}
          <bdi>{label}</bdi>
        </span>
        <span class="bar-track">
          <span
            class={width === 0 ? "span-bar moment" : "span-bar"}
            style={
              width === 0
                ? { left: `${start * 100}%` }
                : { left: `${start * 100}%`, width: `${width * 100}%` }
            }
          />
          <Took start={start} width={width} took={took} />
        </span>
      </button>
    </li>
  );
}

/** Behind the bar, before it where the room ends, or in a bar that takes all the room. */
function Took({ start, width, took }: { start: number; width: number; took: string | undefined }) {
  if (took === undefined) {
    return null;
  }
  const end = start + width;
  if (end <= MAX_BEHIND) {
    return (
      <span class="bar-time" style={{ left: `${end * 100}%` }}>
        {took}
      </span>
    );
  }
  const isBefore = start >= 1 - MAX_BEHIND;
  return (
    <span
      class={isBefore ? "bar-time" : "bar-time inside"}
      style={isBefore ? { right: `${(1 - start) * 100}%` } : { right: `${(1 - end) * 100}%` }}
    >
      {took}
    </span>
  );
}

/** Opens the entry; the way back to the trace is its button. */
function select(model: Model, { row }: Bar): void {
  model.trace.value = undefined;
  if (model.list.value === undefined) {
    model.selected.value = row.id;
  } else {
    model.list.value.goTo({ kind: "item", id: row.id, offset: 0 });
    model.selected.value = row.id;
  }
}
