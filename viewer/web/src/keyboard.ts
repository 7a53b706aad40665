/** Which key does what. No DOM beside the event. */

export type Command =
  | "query"
  | "toggle"
  | "first"
  | "last"
  | "down"
  | "up"
  | "pageDown"
  | "pageUp"
  | "open"
  | "close"
  | "nextError"
  | "previousError"
  | "nextWarning"
  | "previousWarning"
  | "help";

/** What of a keyboard event decides. */
export interface Key {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly isComposing: boolean;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  "/": "query",
  " ": "toggle",
  g: "first",
  G: "last",
  j: "down",
  k: "up",
  n: "nextError",
  N: "previousError",
  "]": "nextWarning",
  "[": "previousWarning",
  "?": "help",
  Escape: "close",
};

/** Those that a control which has the focus needs itself. */
const IN_LIST: Readonly<Record<string, Command>> = {
  Home: "first",
  End: "last",
  ArrowDown: "down",
  ArrowUp: "up",
  PageDown: "pageDown",
  PageUp: "pageUp",
  Enter: "open",
};

/** What has the focus: `text` is typed into, `control` is pressed by Enter and the space bar. */
export type Focus = "none" | "list" | "text" | "control" | "dialog";

export function commandOf(
  { key, ctrlKey, metaKey, altKey, isComposing }: Key,
  focus: Focus,
): Command | undefined {
  if (ctrlKey || metaKey || altKey || isComposing || focus === "text" || focus === "dialog") {
    return undefined;
  }
  if (focus === "control") {
    return key === " " ? undefined : COMMANDS[key];
  }
  return COMMANDS[key] ?? IN_LIST[key];
}

export function focusOf(target: EventTarget | null): Focus {
  if (!(target instanceof Element)) {
    return "none";
  }
  if (target.closest("dialog") !== null) {
    return "dialog";
  }
  if (target.closest("input, textarea, select, [contenteditable]") !== null) {
    return "text";
  }
  if (
    target.closest("button, a, summary, [role=button], [role=tab], [role=treeitem], [role=slider]") !== null
  ) {
    return "control";
  }
  return target.closest("[role=grid]") === null ? "none" : "list";
}
