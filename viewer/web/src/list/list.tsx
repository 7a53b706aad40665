/** The list of rows, and the names of its columns. */

import { useEffect, useRef } from "preact/hooks";
import { pick } from "../language";
import type { Model } from "../model";
import { ListCommands } from "./commands";
import { Header } from "./header";
import { mountList } from "./mount";
import "../ansi/ansi.css";
import "./list.css";
import "./row.css";

const text = pick({
  en: { label: "Log entries" },
  zh: { label: "日志条目" },
});

export interface ListProps {
  readonly model: Model;
  /** Called with the commands of the list when it is there. */
  onMount(commands: ListCommands): void;
}

export function List({ model, onMount }: ListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const height = useRef<HTMLDivElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  const rows = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (
      scroller.current === null ||
      height.current === null ||
      layer.current === null ||
      rows.current === null
    ) {
      return;
    }
    const elements = {
      scroller: scroller.current,
      height: height.current,
      layer: layer.current,
      rows: rows.current,
    };
    const { view, stop } = mountList(model, elements);
    onMount(new ListCommands(model, view, () => elements.scroller.focus({ preventScroll: true })));
    return stop;
  }, [model, onMount]);
  const hasProducers = model.origins.value.length > 1;
  const className = `list zone-${model.settings.value.zone} ${hasProducers ? "has-producers" : ""}`;
  return (
    <div class={className} style={{ "--columns": String(model.view.value.columns.length) }}>
      <Header model={model} />
      <div class="list-body">
        {/* biome-ignore lint/a11y/useSemanticElements: a table lays out its rows by itself */}
        <div class="scroller" id="scroller" ref={scroller} role="grid" aria-label={text.label} tabIndex={0}>
          <div class="rows-height" ref={height} role="presentation">
            <div class="rows-layer" ref={layer} role="presentation">
              <div class="rows" id="rows" ref={rows} role="presentation" />
            </div>
          </div>
        </div>
      </div>
    </div>
  );
}
