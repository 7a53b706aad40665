import { useMemo, useRef, useState } from "preact/hooks";
import type { Histogram as Counted } from "../../store/protocol";
import { formatCount } from "../format";
import { pick } from "../language";
import { type Model, stepTo, type Zone } from "../model";
import { bucketAt, bucketCount, extent, type Range, rangeOf, SERIES, shareOf, sums } from "./buckets";
import { dayLabel } from "./labels";
import { pathsOf } from "./paths";
import { ticksOf } from "./ticks";
import { useHistogram, useWidth } from "./use_histogram";
import "./histogram.css";

const text = pick({
  en: {
    name: "Entries over time",
    keys: "Arrow keys move, with Shift they select, Enter goes there, Escape shows everything",
    clear: "Show all times",
    levels: ["debug", "info", "warn", "error", "malformed"],
    gap: "entries are missing here",
    entries: (count: string) => `${count} entries`,
    span: (from: string, to: string) => `from ${from} to ${to}`,
    none: "none yet",
    outside: {
      before: (count: string) => `‹ ${count} earlier`,
      behind: (count: string) => `${count} later ›`,
    },
    outsideTitle: "A few entries, far from all others in time. Show these alone",
  },
  zh: {
    name: "条目随时间的分布",
    keys: "方向键移动，按住 Shift 选择，Enter 跳转，Escape 显示全部",
    clear: "显示所有时间",
    levels: ["调试", "信息", "警告", "错误", "非条目"],
    gap: "此处缺少条目",
    entries: (count: string) => `${count} 个条目`,
    span: (from: string, to: string) => `从 ${from} 到 ${to}`,
    none: "暂无",
    outside: {
      before: (count: string) => `‹ 更早 ${count} 条`,
      behind: (count: string) => `更晚 ${count} 条 ›`,
    },
    outsideTitle: "少量条目，时间上远离其他所有条目。仅显示这些条目",
  },
});

const HEIGHT = 44;
/** One bar and its distance to the next, in px. */
const BAR_PX = 6;
const MAX_BUCKETS = 400;
/** A pointer that moves less is a click. */
const DRAG_PX = 4;
const DOUBLE_CLICK_MS = 400;

/** Two buckets: where a selection began, and where it is. */
interface Drag {
  readonly from: number;
  readonly to: number;
  readonly startX: number;
  readonly isRange: boolean;
}

export function Histogram({ model }: { model: Model }) {
  const [setElement, width] = useWidth();
  const [setRangeButton, rangeButtonWidth] = useWidth();
  const { histogram, hold } = useHistogram(model, Math.min(MAX_BUCKETS, Math.floor(width / BAR_PX)));
  const [cursor, setCursor] = useState<number>();
  const [drag, setDrag] = useState<Drag>();
  const lastClick = useRef<Pick<PointerEvent, "timeStamp" | "clientX">>(undefined);
  const { range } = model.view.value;
  const { zone } = model.settings.value;
  const count = histogram === undefined ? 0 : bucketCount(histogram);

  const setRange = (next: Range | undefined) => {
    setDrag(undefined);
    stepTo(model, { range: next });
  };
  const goTo = (bucket: number) => {
    if (histogram !== undefined) {
      const ms = histogram.fromMs + bucket * histogram.bucketMs;
      model.list.value?.goTo({ kind: "time", ms, untilMs: extent(histogram).toMs });
    }
  };
  const bucketOf = (event: PointerEvent & { currentTarget: Element }): number => {
    const box = event.currentTarget.getBoundingClientRect();
    return histogram === undefined ? 0 : bucketAt(histogram, (event.clientX - box.left) / box.width);
  };
  const onPointerDown = (event: PointerEvent & { currentTarget: Element }) => {
    if (event.button === 0 && count > 0) {
      event.currentTarget.setPointerCapture(event.pointerId);
      const bucket = bucketOf(event);
      setDrag({ from: bucket, to: bucket, startX: event.clientX, isRange: false });
    }
  };
  const onPointerMove = (event: PointerEvent & { currentTarget: Element }) => {
    hold();
    const bucket = bucketOf(event);
    setCursor(bucket);
    if (drag !== undefined && event.buttons !== 0) {
      const isRange = drag.isRange || Math.abs(event.clientX - drag.startX) >= DRAG_PX;
      setDrag({ ...drag, to: bucket, isRange });
    }
  };
  const onPointerUp = (event: PointerEvent & { currentTarget: Element }) => {
    if (drag === undefined || histogram === undefined) {
      return;
    }
    if (drag.isRange) {
      setRange(rangeOf(histogram, drag.from, bucketOf(event)));
    } else {
      click(drag.from, event);
    }
  };
  // Not by `dblclick`: what is under the pointer changes between the two, and browsers differ in what is one then.
  const click = (bucket: number, { timeStamp, clientX }: PointerEvent) => {
    const { current: before } = lastClick;
    lastClick.current = { timeStamp, clientX };
    if (
      before !== undefined &&
      timeStamp - before.timeStamp < DOUBLE_CLICK_MS &&
      Math.abs(clientX - before.clientX) <= DRAG_PX
    ) {
      lastClick.current = undefined;
      setRange(undefined);
    } else {
      setDrag(undefined);
      goTo(bucket);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (histogram === undefined || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const at = cursor ?? count - 1;
    const next = {
      ArrowLeft: at - 1,
      ArrowRight: at + 1,
      Home: 0,
      End: count - 1,
      PageUp: at - 10,
      PageDown: at + 10,
    }[event.key];
    if (next !== undefined && count > 0) {
      const bucket = Math.max(0, Math.min(count - 1, next));
      hold();
      setCursor(bucket);
      setDrag(event.shiftKey ? { from: drag?.from ?? at, to: bucket, startX: 0, isRange: true } : undefined);
    } else if (event.key === "Enter" && cursor !== undefined) {
      if (drag === undefined) {
        goTo(cursor);
      } else {
        setRange(rangeOf(histogram, drag.from, drag.to));
      }
    } else if (event.key === "Escape" && (drag !== undefined || range !== undefined)) {
      if (drag === undefined) {
        setRange(undefined);
      } else {
        setDrag(undefined);
      }
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="histogram">
      <div
        ref={setElement}
        class="histogram-bars"
        role="slider"
        tabIndex={0}
        aria-label={summary(histogram, zone)}
        aria-description={text.keys}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, count - 1)}
        aria-valuenow={Math.min(cursor ?? count - 1, Math.max(0, count - 1))}
        aria-valuetext={histogram === undefined ? text.none : say(histogram, cursor ?? count - 1, zone)}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={() => setDrag(undefined)}
        onPointerLeave={() => setCursor(undefined)}
        onBlur={() => {
          setCursor(undefined);
          setDrag(undefined);
        }}
        onKeyDown={onKeyDown}
      >
        {histogram !== undefined && <Bars histogram={histogram} width={width} />}
        {drag?.isRange === true && <Selected drag={drag} count={count} />}
        {cursor !== undefined && count > 0 && (
          <span class="histogram-cursor" style={place(cursor, 1, count)} aria-hidden="true" />
        )}
        {histogram !== undefined && cursor !== undefined && count > 0 && (
          <span
            class={`histogram-tip ${cursor > count / 2 ? "before" : "behind"}`}
            style={
              cursor > count / 2
                ? { right: `${(1 - cursor / count) * 100}%` }
                : { left: `${((cursor + 1) / count) * 100}%` }
            }
            aria-hidden="true"
          >
            {say(histogram, cursor, zone)}
          </span>
        )}
      </div>
      <div class="histogram-axis">
        <Axis
          range={axisOf(model, histogram)}
          zone={zone}
          width={width}
          taken={range === undefined ? 0 : rangeButtonWidth}
        />
        {histogram?.outside.map((outside) => (
          <button
            key={outside.side}
            type="button"
            class={`button outside ${outside.side}`}
            title={text.outsideTitle}
            onClick={() => setRange(outside.range)}
          >
            {text.outside[outside.side](formatCount(outside.count))}
          </button>
        ))}
        {range !== undefined && (
          <button
            ref={setRangeButton}
            type="button"
            class="button"
            title={text.clear}
            onClick={() => setRange(undefined)}
          >
            {dayLabel(range.fromMs, zone, 1_000, range.toMs)} –{" "}
            {dayLabel(range.toMs, zone, 1_000, range.fromMs)} ✕
          </button>
        )}
      </div>
    </div>
  );
}

/** The time that is counted; if nothing passes, the time in which something could. */
function axisOf(model: Model, histogram: Counted | undefined): Range | undefined {
  if (histogram !== undefined && bucketCount(histogram) > 0) {
    return extent(histogram);
  }
  const { oldestMs, newestMs } = model.counts.value;
  return (
    model.view.value.range ??
    (oldestMs === undefined || newestMs === undefined ? undefined : { fromMs: oldestMs, toMs: newestMs })
  );
}

interface AxisProps {
  readonly range: Range | undefined;
  readonly zone: Zone;
  readonly width: number;
  /** What something else has of the middle, in px. */
  readonly taken: number;
}

function Axis({ range, zone, width, taken }: AxisProps) {
  const ticks = range === undefined ? [] : ticksOf(range, zone, width, taken);
  return (
    <>
      {ticks.map(({ share, label }) => (
        <span key={label} class="histogram-tick" style={{ left: `${share * 100}%` }}>
          {label}
        </span>
      ))}
    </>
  );
}

const SERIES_CLASSES = ["debug", "info", "warn", "error", "malformed"] as const;

function Bars({ histogram, width }: { histogram: Counted; width: number }) {
  const paths = useMemo(() => pathsOf(histogram, width, HEIGHT), [histogram, width]);
  return (
    <svg width={width} height={HEIGHT} aria-hidden="true">
      <defs>
        <pattern
          id="histogram-gap"
          width="5"
          height="5"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <rect class="hatch" width="1.5" height="5" />
        </pattern>
        <pattern id="histogram-warn" width="3" height="3" patternUnits="userSpaceOnUse">
          <rect class="ground" width="3" height="3" />
          <rect class="stripe" width="3" height="1" />
        </pattern>
      </defs>
      <path class="gaps" d={paths.gaps} fill="url(#histogram-gap)" />
      {SERIES_CLASSES.map((name, series) => (
        <path key={name} class={name} d={paths.bars[series] ?? ""} />
      ))}
      <path class="error" d={paths.errorMarks} />
    </svg>
  );
}

function Selected({ drag, count }: { drag: Drag; count: number }) {
  const first = Math.min(drag.from, drag.to);
  return <span class="histogram-selected" style={place(first, Math.abs(drag.to - drag.from) + 1, count)} />;
}

function place(first: number, length: number, count: number): { left: string; width: string } {
  return { left: `${(first / count) * 100}%`, width: `${(length / count) * 100}%` };
}

/** `14:03:07 · 120 entries · 3 error`. */
function say(histogram: Counted, bucket: number, zone: Zone): string {
  const { fromMs, bucketMs, counts } = histogram;
  const time = dayLabel(fromMs + bucket * bucketMs, zone, bucketMs, extent(histogram).toMs);
  const levels = [3, 4, 2, 1, 0].flatMap((series) => {
    const count = counts[bucket * SERIES + series] ?? 0;
    return count === 0 ? [] : [`${formatCount(count)} ${text.levels[series]}`];
  });
  const hasGap = histogram.gaps.some((gap) => {
    const share = shareOf(histogram, gap);
    return share !== undefined && bucketAt(histogram, share) === bucket;
  });
  return [time, ...(levels.length === 0 ? [text.entries("0")] : levels), ...(hasGap ? [text.gap] : [])].join(
    " · ",
  );
}

function summary(histogram: Counted | undefined, zone: Zone): string {
  if (histogram === undefined || bucketCount(histogram) === 0) {
    return `${text.name}: ${text.none}`;
  }
  const { all, bySeries } = sums(histogram);
  const { fromMs, toMs } = extent(histogram);
  const [from, to] = [fromMs, toMs].map((ms) => dayLabel(ms, zone, 1_000, toMs));
  const errors = bySeries[3] ?? 0;
  return `${text.name}: ${text.entries(formatCount(all))} ${text.span(from ?? "", to ?? "")}, ${formatCount(errors)} ${text.levels[3]}`;
}
