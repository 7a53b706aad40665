/** Runs what a key stands for. */

import type { Command } from "./keyboard";
import { closeInnermost } from "./layers";
import type { ListCommands } from "./list/commands";
import type { Model } from "./model";

export interface KeyTargets {
  readonly model: Model;
  readonly list: ListCommands;
  toggleHelp(): void;
}

export function runCommand(command: Command, targets: KeyTargets): void {
  const { model, list, toggleHelp } = targets;
  const fail = (error: unknown) => {
    model.trouble.value = error instanceof Error ? error.message : String(error);
  };
  switch (command) {
    case "query":
      // The query bar has one field of this role, and this page one query bar.
      document
        .querySelector<HTMLElement>(".query-bar input, .query-bar textarea, input[type=search]")
        ?.focus();
      break;
    case "help":
      toggleHelp();
      break;
    case "close":
      closeInnermost(model);
      break;
    case "toggle":
      list.toggle();
      break;
    case "first":
      list.first();
      break;
    case "last":
      list.follow();
      break;
    case "down":
    case "up":
      list.walk(command === "down" ? 1 : -1).catch(fail);
      break;
    case "pageDown":
    case "pageUp":
      list.page(command === "pageDown" ? 1 : -1);
      break;
    case "open":
      list.open();
      break;
    case "nextError":
    case "previousError":
      list.step({ to: "level", level: 3, direction: command === "nextError" ? 1 : -1 }).catch(fail);
      break;
    case "nextWarning":
    case "previousWarning":
      list.step({ to: "level", level: 2, direction: command === "nextWarning" ? 1 : -1 }).catch(fail);
      break;
  }
}
