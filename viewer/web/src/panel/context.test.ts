import { signal } from "@preact/signals";
import { expect, test } from "vitest";
import type { View } from "../../store/protocol";
import { leaveContext, showInContext, sourceQuery, watchContext } from "./context";

const NARROW: View = { query: "level:error", muted: ["p"], range: { fromMs: 1, toMs: 2 }, columns: ["a"] };

function parts() {
  const visited: unknown[] = [];
  const made = {
    view: signal(NARROW),
    viewSteps: signal(0),
    formerView: signal<View | undefined>(undefined),
    list: signal({
      goTo: (anchor: unknown, isSelected?: boolean) => visited.push([anchor, isSelected]),
      follow: () => {},
      pause: () => {},
    }),
  };
  watchContext(made);
  return { ...made, visited };
}

test("an entry in context is among all others, and producers go on leaving out what they left out", () => {
  const all = parts();
  showInContext(all, 7);
  expect(all.view.value).toEqual({ query: "", muted: [], range: undefined, columns: ["a"] });
  expect(all.visited).toEqual([[{ kind: "item", id: 7, offset: 0 }, true]]);
  expect(sourceQuery(all)).toBe("level:error");
});

test("the way back has the columns of now", () => {
  const all = parts();
  showInContext(all, 7);
  all.view.value = { ...all.view.value, columns: ["b"] };
  leaveContext(all, 8);
  expect(all.view.value).toEqual({ ...NARROW, columns: ["b"] });
  expect(all.formerView.value).toBeUndefined();
  expect(sourceQuery(all)).toBe("level:error");
});

test("another query ends the context", () => {
  const all = parts();
  showInContext(all, 7);
  all.view.value = { ...all.view.value, query: "word" };
  all.view.value = { ...all.view.value, query: "" };
  expect(sourceQuery(all)).toBe("");
});
