import { expect, test } from "vitest";
import { commandOf, type Key } from "./keyboard";

function key(name: string, modifiers: Partial<Key> = {}): Key {
  return { key: name, ctrlKey: false, metaKey: false, altKey: false, isComposing: false, ...modifiers };
}

test("keys are commands, but not while something is typed", () => {
  expect(commandOf(key("j"), "none")).toBe("down");
  expect(commandOf(key("G"), "list")).toBe("last");
  expect(commandOf(key("j"), "text")).toBeUndefined();
  expect(commandOf(key("x"), "list")).toBeUndefined();
});

test("what a control needs itself is its own", () => {
  expect(commandOf(key(" "), "control")).toBeUndefined();
  expect(commandOf(key("Enter"), "control")).toBeUndefined();
  expect(commandOf(key("ArrowDown"), "control")).toBeUndefined();
  expect(commandOf(key("j"), "control")).toBe("down");
});

test("shortcuts of the browser and of input methods are theirs", () => {
  expect(commandOf(key("n", { ctrlKey: true }), "list")).toBeUndefined();
  expect(commandOf(key("g", { isComposing: true }), "list")).toBeUndefined();
});
