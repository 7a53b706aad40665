import type { ComponentType } from "preact";
import { IconButton } from "../actions/icon_button";
import { pick } from "../language";
import type { Model, Side as SideName } from "../model";
import { Fields } from "./fields";
import { Patterns } from "./patterns";
import { Targets } from "./targets_view";
import "./side.css";
import "../actions/button.css";

const text = pick({
  en: { title: "Facets", targets: "Targets", fields: "Fields", patterns: "Patterns", close: "Close" },
  zh: { title: "分面", targets: "目标", fields: "字段", patterns: "模式", close: "关闭" },
});

const TABS: Readonly<Record<SideName, ComponentType<{ model: Model }>>> = {
  targets: Targets,
  fields: Fields,
  patterns: Patterns,
};
const NAMES = Object.keys(TABS) as SideName[];

/** What the log consists of: its targets, fields and patterns. */
export function Side({ model }: { model: Model }) {
  const open = model.side.value;
  if (open === undefined) {
    return null;
  }
  const Content = TABS[open];
  const show = (name: SideName | undefined) => {
    model.side.value = name;
  };
  const walk = (event: KeyboardEvent) => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const next = by === 0 ? undefined : NAMES[(NAMES.indexOf(open) + by + NAMES.length) % NAMES.length];
    if (next !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      show(next);
      document.getElementById(`side-tab-${next}`)?.focus();
    }
  };
  const closeByKey = (event: KeyboardEvent) => {
    if (event.key === "Escape" && !event.defaultPrevented) {
      event.preventDefault();
      show(undefined);
    }
  };
  return (
    <aside class="side" aria-label={text.title} onKeyDown={closeByKey}>
      <div class="side-head">
        <div role="tablist" class="side-tabs" aria-label={text.title} onKeyDown={walk}>
          {NAMES.map((name) => (
            <button
              key={name}
              id={`side-tab-${name}`}
              type="button"
              role="tab"
              class="side-tab"
              aria-selected={name === open}
              aria-controls="side-content"
              tabIndex={name === open ? 0 : -1}
              onClick={() => show(name)}
            >
              {text[name]}
            </button>
          ))}
        </div>
        <IconButton label={text.close} icon="close" onClick={() => show(undefined)} />
      </div>
      <div class="side-content" id="side-content" role="tabpanel" aria-labelledby={`side-tab-${open}`}>
        <Content key={open} model={model} />
      </div>
    </aside>
  );
}
