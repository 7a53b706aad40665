/** One row of the list as an element: one line of text, whose cells are apart by a space. Text is only ever text. */

import type { EntryRow, GapRow, Row } from "../../store/protocol";
import { MALFORMED } from "../../store/protocol";
import type { Piece } from "../ansi/read";
import { pick } from "../language";
import type { Zone } from "../model";
import { safePieces, safeText } from "../text_safe";
import { canBringBack, gapText, liveText } from "./text";
import { formatTime } from "./time";
import { marksOf } from "./words";

const text = pick({
  en: { bringBack: "bring back", raw: "RAW", fetched: "Brought back from the program" },
  zh: { bringBack: "取回", raw: "原文", fetched: "从程序取回" },
});

/** What rows need to know beside what they show. A new object means that every row is made anew. */
export interface RowOptions {
  readonly zone: Zone;
  readonly hasProducers: boolean;
  /** Words of the query, in lower case, that are marked where they stand. */
  readonly words: readonly string[];
  nameOf(producer: string): string;
  colourOf(producer: string): string;
  nowMs(): number;
}

const LEVEL_CLASSES = ["level-debug", "level-info", "level-warn", "level-error", "level-raw"];

/** Fills an element with a row, whatever it held before. */
export function fillRow(element: HTMLElement, row: Row, options: RowOptions): void {
  switch (row.kind) {
    case "entry":
      fillEntry(element, row, options);
      break;
    case "gap":
      fillGap(element, row, options);
      break;
    case "live":
      element.className = "row live";
      element.replaceChildren(cell("note", liveText));
      break;
  }
}

/** Writes the times of a row anew, where they are relative. */
export function refreshTime(element: HTMLElement, row: Row, options: RowOptions): void {
  const time = element.querySelector(".time");
  if (row.kind === "entry" && time !== null) {
    time.textContent = formatTime(row.timeMs, options.zone, options.nowMs());
  }
}

/** Writes what a gap says anew: its button stays, which may be pressed. */
export function refreshGap(element: HTMLElement, row: GapRow, { nameOf }: RowOptions): void {
  const words = element.querySelector(".note")?.firstChild;
  if (words !== null && words !== undefined) {
    words.textContent = gapText(row, safeText(nameOf(row.producer)));
  }
}

/** Whether an element that shows `before` shows `after` already. What was logged does not change; its columns may, and gaps grow. */
export function isSameRow(before: Row, after: Row): boolean {
  if (before.id !== after.id) {
    return false;
  }
  if (before.kind === "gap" && after.kind === "gap") {
    return before.last === after.last && before.missing === after.missing;
  }
  if (before.kind === "entry" && after.kind === "entry") {
    return (
      before.columns.length === after.columns.length &&
      before.columns.every((value, index) => value === after.columns[index])
    );
  }
  return before.kind === after.kind;
}

function fillEntry(element: HTMLElement, row: EntryRow, options: RowOptions): void {
  element.className = `row ${LEVEL_CLASSES[row.level] ?? "level-raw"}`;
  if (row.isFetched) {
    element.classList.add("fetched");
    element.title = text.fetched;
  } else {
    element.removeAttribute("title");
  }
  const cells: HTMLElement[] = [
    cell("time", formatTime(row.timeMs, options.zone, options.nowMs())),
    cell("level", row.level === MALFORMED ? text.raw : safeText(row.levelName).slice(0, 16).toUpperCase()),
  ];
  if (options.hasProducers) {
    cells.push(cell(`producer ${options.colourOf(row.producer)}`, safeText(options.nameOf(row.producer))));
  }
  cells.push(cell("target", safeText(row.target)), messageCell(row, options));
  for (const value of row.columns) {
    cells.push(cell("column", value === undefined ? "" : safeText(value)));
  }
  element.replaceChildren(...cells.flatMap((each) => [each, " "]).slice(0, -1));
}

function messageCell(row: EntryRow, { words }: RowOptions): HTMLElement {
  const made = cell("text", "");
  const message = document.createElement("span");
  message.className = "message";
  appendMarked(message, safePieces(row.message), words);
  made.append(message);
  if (row.fields !== "") {
    const fields = document.createElement("span");
    fields.className = "fields";
    appendMarked(fields, [{ text: safeText(row.fields), className: "" }], words);
    made.append("  ", fields);
  }
  return made;
}

/** Appends text in which the words are marked, also where a word has several colours. */
function appendMarked(parent: HTMLElement, pieces: readonly Piece[], words: readonly string[]): void {
  const marks = marksOf(pieces.map(({ text }) => text).join(""), words);
  let end = 0;
  for (const { text: content, className } of pieces) {
    const from = end;
    end += content.length;
    const target = className === "" ? parent : document.createElement("span");
    if (target !== parent) {
      target.className = className;
      parent.append(target);
    }
    let at = from;
    for (const [first, last] of marks) {
      const [markStart, markEnd] = [Math.max(first, at), Math.min(last, end)];
      if (markStart < markEnd) {
        const mark = document.createElement("mark");
        mark.textContent = content.slice(markStart - from, markEnd - from);
        target.append(content.slice(at - from, markStart - from), mark);
        at = markEnd;
      }
    }
    target.append(content.slice(at - from));
  }
}

function fillGap(element: HTMLElement, row: GapRow, { nameOf }: RowOptions): void {
  element.className = "row gap";
  element.removeAttribute("title");
  const note = cell("note", gapText(row, safeText(nameOf(row.producer))));
  if (canBringBack(row)) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "bring-back";
    button.tabIndex = -1;
    button.textContent = text.bringBack;
    note.append(" ", button);
  }
  element.replaceChildren(note);
}

function cell(className: string, content: string): HTMLElement {
  const made = document.createElement("span");
  made.className = `cell ${className}`;
  made.setAttribute("role", "gridcell");
  made.textContent = content;
  return made;
}
