import { LEVELS, type Pattern } from "../../store/protocol";
import { filterFor, filterOut, patternTerm } from "../actions/filter";
import { IconButton } from "../actions/icon_button";
import { formatCount } from "../format";
import { pick } from "../language";
import type { Model } from "../model";
import { safeText } from "../text_safe";
import { commonLevel, worstLevel } from "./pattern_levels";
import { usePolled } from "./polled";
import { sparkline } from "./sparkline";

const text = pick({
  en: {
    none: "No message yet.",
    looking: "Grouping messages …",
    only: "Show only these",
    not: "Leave these out",
    sample: "Open one of them",
  },
  zh: {
    none: "还没有消息。",
    looking: "正在对消息分组……",
    only: "只显示这些",
    not: "排除这些",
    sample: "打开其中一条",
  },
});

const EVERY_MS = 2_000;
const LEVEL_CLASSES = ["debug", "info", "warn", "error"] as const;
const MAX_TEMPLATE = 500;
const WIDTH = 72;
const HEIGHT = 16;

/** Messages that differ in numbers and ids alone, as groups. */
export function Patterns({ model }: { model: Model }) {
  const { value, hold } = usePolled(() => model.store.ask("patterns", undefined), EVERY_MS, model.view.value);
  if (value === undefined || value.length === 0) {
    return <p class="soft">{value === undefined ? text.looking : text.none}</p>;
  }
  return (
    <ul class="patterns" {...hold}>
      {value.map((pattern) => (
        <PatternLine key={pattern.hash} model={model} pattern={pattern} />
      ))}
    </ul>
  );
}

function PatternLine({ model, pattern }: { model: Model; pattern: Pattern }) {
  const { hash, template, count, graph, sample } = pattern;
  const worst = worstLevel(pattern);
  const term = patternTerm(hash);
  return (
    <li class={`pattern level-${LEVEL_CLASSES[commonLevel(pattern)]}`}>
      <div class="pattern-head">
        <span class="pattern-level" aria-hidden="true" />
        <span class="facet-count">{formatCount(count)}</span>
        {worst !== undefined && (
          <span class={`pattern-worst level-${LEVEL_CLASSES[worst.level]}`}>
            {formatCount(worst.count)} {LEVELS[worst.level]}
          </span>
        )}
        <svg
          class="sparkline"
          width={WIDTH}
          height={HEIGHT}
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          aria-hidden="true"
        >
          <path d={sparkline(graph, WIDTH, HEIGHT)} />
        </svg>
        <span class="pattern-tools">
          <IconButton label={text.only} icon="plus" onClick={() => filterFor(model, term)} />
          <IconButton label={text.not} icon="minus" onClick={() => filterOut(model, term)} />
        </span>
      </div>
      <button
        type="button"
        class="pattern-template"
        title={text.sample}
        onClick={() => model.list.value?.goTo({ kind: "item", id: sample, offset: 0 }, true)}
      >
        <Template template={safeText(template.slice(0, MAX_TEMPLATE))} />
      </button>
    </li>
  );
}

/** What differs from message to message stands back. */
function Template({ template }: { template: string }) {
  return (
    <bdi>
      {template.split(/(‹[^›]*›)/).map((part, index) =>
        part.startsWith("‹") ? (
          <span key={index} class="hole">
            {part}
          </span>
        ) : (
          part
        ),
      )}
    </bdi>
  );
}
