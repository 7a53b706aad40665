/** The page: where its parts lie, and what the keyboard does. */

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { Empty } from "./empty/empty";
import { Help } from "./header/help";
import { Strip } from "./header/strip";
import { runCommand } from "./keys";
import { commandOf, focusOf } from "./keyboard";
import type { ListCommands } from "./list/commands";
import { List } from "./list/list";
import type { Model } from "./model";
import { StatusLine } from "./status/status_line";
import { TroubleBar } from "./trouble/trouble_bar";
import "./app.css";

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
  const isPanelOpen = model.selected.value !== undefined;
  return (
    <>
      <Strip model={model} onToggle={() => commands.current?.toggle()} onHelp={toggleHelp} onClear={() => clear(model)} />
      <TroubleBar model={model} />
      <main class={`main ${isPanelOpen ? "with-panel" : ""}`}>
        <div class="log">
          <List model={model} onMount={mounted} />
          <Empty model={model} />
        </div>
      </main>
      <StatusLine model={model} />
      {isHelpOpen && <Help onClose={() => setHelpOpen(false)} />}
    </>
  );
}

function clear(model: Model): void {
  model.selected.value = undefined;
  model.trace.value = undefined;
  void model.store.ask("clear", undefined).catch(() => {});
  model.list.value?.follow();
}
