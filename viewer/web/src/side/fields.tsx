import { useRef, useState } from "preact/hooks";
import type { Facets } from "../../store/protocol";
import { canAlso, fieldTerm, isColumn, toggleColumn } from "../actions/filter";
import { IconButton } from "../actions/icon_button";
import { formatCount } from "../format";
import { pick } from "../language";
import type { Model } from "../model";
import { safeText } from "../text_safe";
import { FacetLine } from "./facet_line";
import { keepLeftOut } from "./left_out";
import { usePolled } from "./polled";

const text = pick({
  en: {
    none: "No field yet.",
    sample: (count: string) => `Counted over the ${count} entries that were looked at.`,
    column: "Show as a column",
    noColumn: "No longer a column",
    distinct: (count: string) => `${count} distinct values`,
  },
  zh: {
    none: "还没有字段。",
    sample: (count: string) => `根据查看过的 ${count} 个条目统计。`,
    column: "显示为列",
    noColumn: "不再显示为列",
    distinct: (count: string) => `${count} 个不同的值`,
  },
});

const EVERY_MS = 1_000;
const MAX_OPEN = 3;

/** Fields with their most frequent values, over a sample. */
export function Fields({ model }: { model: Model }) {
  const { value: facets, hold } = usePolled(
    () => model.store.ask("facets", undefined),
    EVERY_MS,
    model.view.value,
  );
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const [withLeftOut] = useState(keepLeftOut);
  const openAtFirst = useRef<ReadonlySet<string>>(undefined);
  if (facets === undefined) {
    return null;
  }
  if (facets.fields.length === 0) {
    return <p class="soft">{text.none}</p>;
  }
  const toggle = (name: string) => {
    const next = new Set(toggled);
    if (!next.delete(name)) {
      next.add(name);
    }
    setToggled(next);
  };
  // The most frequent ones of the first answer: later ones must not open by themselves.
  openAtFirst.current ??= new Set(
    facets.fields
      .filter(({ isDistinct }) => !isDistinct)
      .slice(0, MAX_OPEN)
      .map(({ name }) => name),
  );
  // By name: a field stays where it is while counts grow. Those by whose values nothing is grouped come last.
  const fields = facets.fields.toSorted(
    (a, b) => Number(a.isDistinct) - Number(b.isDistinct) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  );
  return (
    <div {...hold}>
      <p class="soft">{text.sample(formatCount(facets.sampled))}</p>
      {fields.map((field) => (
        <Field
          key={field.name}
          model={model}
          field={{
            ...field,
            values: withLeftOut(field.name, field.values, canAlso(model, fieldTerm(field.name, "x"))),
          }}
          isOpen={toggled.has(field.name) !== openAtFirst.current?.has(field.name)}
          onToggle={() => toggle(field.name)}
        />
      ))}
    </div>
  );
}

interface FieldProps {
  readonly model: Model;
  readonly field: Facets["fields"][number];
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

function Field({ model, field: { name, values, distinct, isDistinct }, isOpen, onToggle }: FieldProps) {
  const most = values.reduce((highest, { count }) => Math.max(highest, count), 0);
  const label = isColumn(model, name) ? text.noColumn : text.column;
  return (
    <section class="field-facet">
      <h3>
        <button type="button" class="fold" aria-expanded={isOpen} onClick={onToggle}>
          <bdi>{safeText(name)}</bdi>
          {isDistinct && <span class="field-distinct">{text.distinct(formatCount(distinct))}</span>}
        </button>
        <IconButton
          label={`${label}: ${safeText(name)}`}
          icon="column"
          isPressed={isColumn(model, name)}
          onClick={() => toggleColumn(model, name)}
        />
      </h3>
      {isOpen && (
        <ul class="facets">
          {values.map(({ value, count }) => (
            <li key={value}>
              <FacetLine
                count={count}
                most={most}
                name={`${safeText(name)} ${safeText(value)}`.slice(0, 200)}
                model={model}
                term={fieldTerm(name, value)}
              >
                <bdi>{value === "" ? '""' : safeText(value)}</bdi>
              </FacetLine>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
