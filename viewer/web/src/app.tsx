/** The page: where its parts lie, and what the keyboard does. */

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { Actions } from "./actions/actions";
import { Empty } from "./empty/empty";
import { Help } from "./header/help";
import { Strip } from "./header/strip";
import { Histogram } from "./histogram/histogram";
import { commandOf, focusOf } from "./keyboard";
import { runCommand } from "./keys";
import { pick } from "./language";
import type { ListCommands } from "./list/commands";
import { List } from "./list/list";
import type { Model } from "./model";
import { PanelSlot } from "./panel/slot";
import { QueryBar } from "./query/query_bar";
import { Side } from "./side/side";
import { StatusLine } from "./status/status_line";
import { TokenForm } from "./token/token_form";
import { TroubleBar } from "./trouble/trouble_bar";
import "./app.css";

const text = pick({
  en: { side: "facets", sideTitle: "Targets, fields and patterns" },
  zh: { side: "分面", sideTitle: "目标、字段和模式" },
});

export function App({ model }: { model: Model }) {
  const commands = useRef<ListCommands>(undefined);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const mounted = useCallback((list: ListCommands) => {
    commands.current = list;
  }, []);
  const toggleHelp = useCallback(() => setHelpOpen((isOpen) => !isOpen), []);
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const command = event.defaultPrevented ? undefined : commandOf(event, focusOf(event.target));
      if (command !== undefined && commands.current !== undefined) {
        event.preventDefault();
        runCommand(command, { model, list: commands.current, toggleHelp });
      }
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [model, toggleHelp]);
  const isPanelOpen = model.selected.value !== undefined || model.trace.value !== undefined;
  return (
    <>
      <Strip model={model} onToggle={() => commands.current?.toggle()} onHelp={toggleHelp} />
      <div class="query-row">
        <SideSwitch model={model} />
        <QueryBar model={model} />
        <Actions model={model} />
      </div>
      <Histogram model={model} />
      <main class="main">
        <Side model={model} />
        <div class="log">
          <List model={model} onMount={mounted} />
          <Empty model={model} />
        </div>
        {isPanelOpen && <PanelSlot model={model} />}
      </main>
      {/* Below the list: what comes above it would move the rows under the pointer. */}
      <TroubleBar model={model} />
      <TokenForm model={model} />
      <StatusLine model={model} />
      {isHelpOpen && <Help onClose={() => setHelpOpen(false)} />}
    </>
  );
}

/** Opens and closes what lies on the left. */
function SideSwitch({ model: { side } }: { model: Model }) {
  const isOpen = side.value !== undefined;
  return (
    <button
      class="switch side-switch"
      type="button"
      aria-pressed={isOpen}
      title={text.sideTitle}
      onClick={() => {
        side.value = isOpen ? undefined : "targets";
      }}
    >
      {text.side}
    </button>
  );
}
