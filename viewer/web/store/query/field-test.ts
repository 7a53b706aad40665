/** Tests of a field's value. */

import { isJsonObject, type Json, Raw, textOf } from "../json";
import { compareDecimals, isDecimal } from "./decimal";
import { fold } from "./fold";
import { compileRegex } from "./regex";
import type { FieldTest } from "./syntax";
import { compilePattern, patternParts } from "./wildcard";

export interface CompiledTest {
  /** `undefined` for a field that is not there. Of an array, one item has to pass. */
  passes(value: Json | undefined): boolean;
  /** A text that every value that passes holds, without case; undefined if there is none. */
  readonly literal: string | undefined;
}

export function compileTest(test: FieldTest): CompiledTest {
  switch (test.op) {
    case "is":
      return compileIs(test.pattern);
    case "matches": {
      const matches = compileRegex(test.source, test.flags);
      return { passes: onValues((value) => matches(textOf(value))), literal: undefined };
    }
    default: {
      const passes = compileComparison(test.value);
      const { op } = test;
      return { passes: onValues((value) => passes(value, op)), literal: undefined };
    }
  }
}

function compileIs(pattern: string): CompiledTest {
  const parts = patternParts(pattern);
  if (parts.length > 1 && parts.every((part) => part === "")) {
    return { passes: (value) => value !== undefined, literal: undefined };
  }
  const matches = compilePattern(pattern);
  const [whole] = parts;
  const isNumber = parts.length === 1 && whole !== undefined && isDecimal(whole);
  return {
    passes: onValues((value) =>
      isNumber && value instanceof Raw && value.isNumber
        ? compareDecimals(value.text, whole) === 0
        : matches(textOf(value)),
    ),
    literal: parts.filter(isTextAlone).sort((one, other) => other.length - one.length)[0],
  };
}

/** Whether a value that holds it must be a string: numbers may be written in other ways, and objects are no text. */
function isTextAlone(part: string): boolean {
  return (
    /[^\d.eE+-]/.test(part) && !["true", "false", "null"].some((word) => word.includes(part.toLowerCase()))
  );
}

/** An object passes no test but that it is there. */
function onValues(passes: (value: Json) => boolean): (value: Json | undefined) => boolean {
  return (value) =>
    value !== undefined &&
    (Array.isArray(value)
      ? value.some((item) => !isJsonObject(item) && !Array.isArray(item) && passes(item))
      : !isJsonObject(value) && passes(value));
}

function compileComparison(wanted: string): (value: Json, op: ">" | ">=" | "<" | "<=") => boolean {
  const isNumber = isDecimal(wanted);
  const folded = fold(wanted);
  return (value, op) => {
    if (value === null) {
      return false;
    }
    const text = textOf(value);
    if (isNumber) {
      return isDecimal(text) && holds(compareDecimals(text, wanted), op);
    }
    const own = fold(text);
    return holds(own === folded ? 0 : own < folded ? -1 : 1, op);
  };
}

function holds(order: number, op: ">" | ">=" | "<" | "<="): boolean {
  switch (op) {
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
  }
}
