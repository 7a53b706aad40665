import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { parse } from "../../store/query/parse";
import { Icon } from "../actions/icon";
import { pick } from "../language";
import type { Model } from "../model";
import { sourceQuery } from "../panel/context";
import { safeText } from "../text_safe";
import { sourceFilterOf } from "./source";

const text = pick({
  en: {
    name: "at the source",
    title: "Producers send only what level and target of the query let through",
    everything: "Everything is sent: the query has no level or target that producers can apply.",
    sent: "Producers send only",
    stop: ". ",
    rest: "Other entries are not sent, and are missing here until this is switched off.",
    partial: "The rest of the query is applied here.",
  },
  zh: {
    name: "在源头筛选",
    title: "生产者只发送查询中级别和目标允许的条目",
    everything: "发送全部：查询中没有生产者可以应用的级别或目标。",
    sent: "生产者只发送",
    stop: "。",
    rest: "其他条目不会发送，关闭此项之前在这里看不到。",
    partial: "查询的其余部分在此处应用。",
  },
});

const NOTE_ID = "source-note";
/** A producer takes 64 requests a second: it is asked when the query stands still. */
const DELAY_MS = 300;

/** Has producers leave out what the query leaves out by level and target. */
export function SourceToggle({ model }: { model: Model }) {
  const isOn = useSignal(Object.keys(model.sourceFilter.value).length > 0);
  const isPartial = useSignal(false);
  const query = sourceQuery(model);
  useEffect(() => {
    if (!isOn.value) {
      setFilter(model, {});
      return;
    }
    const timer = setTimeout(async () => {
      const parsed = parse(query);
      if (parsed.error !== undefined) {
        return;
      }
      const facets = await model.store.ask("facets", undefined).catch(() => undefined);
      const targets = facets?.targets.map(({ value }) => value) ?? [];
      const atSource = sourceFilterOf(parsed.query, targets);
      isPartial.value = atSource.isPartial;
      setFilter(model, atSource.filter);
    }, DELAY_MS);
    return () => clearTimeout(timer);
  }, [model, query, isOn.value, isPartial]);
  const { level, filter } = model.sourceFilter.value;
  const sent = level === undefined ? filter : `${level}+`;
  return (
    <span class="source-toggle">
      <button
        type="button"
        class="button"
        aria-pressed={isOn.value}
        title={text.title}
        aria-describedby={isOn.value ? NOTE_ID : undefined}
        onClick={() => {
          isOn.value = !isOn.value;
        }}
      >
        <Icon name="filter" /> <span class="source-name">{text.name}</span>
      </button>
      {isOn.value && (
        <span id={NOTE_ID} class="source-note" role="note">
          {sent === undefined ? (
            text.everything
          ) : (
            <>
              {text.sent} <bdi class="source-filter">{safeText(sent)}</bdi>
              {text.stop}
              {text.rest}
              {isPartial.value && ` ${text.partial}`}
            </>
          )}
        </span>
      )}
    </span>
  );
}

function setFilter(model: Model, filter: Model["sourceFilter"]["value"]): void {
  if (JSON.stringify(model.sourceFilter.value) !== JSON.stringify(filter)) {
    model.sourceFilter.value = filter;
  }
}
