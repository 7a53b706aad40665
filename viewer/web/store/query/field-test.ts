/** Tests of a field's value. */

import { isJsonObject, type Json, Raw, textOf } from "../json";
import { compareDecimals, isDecimal } from "./decimal";
import { fold } from "./fold";
import { literalOf } from "./literal";
import { compileRegex } from "./regex";
import { ofShown } from "./shown";
import type { FieldTest } from "./syntax";
import { compilePattern, patternParts } from "./wildcard";

export interface CompiledTest {
  /** `undefined` for a field that is not there. Of an array, one item has to pass. */
  passes(value: Json | undefined): boolean;
  /**
   * The same for a value of `JSON.parse`; undefined if its digits decide, or what is in it. `isExact` says whether no number
   * of the line has lost digits.
   */
  passesQuickly(value: unknown, isExact: () => boolean): boolean | undefined;
  /** A text that every value that passes holds, without case; undefined if there is none. */
  readonly literal: string | undefined;
}

export function compileTest(test: FieldTest): CompiledTest {
  switch (test.op) {
    case "is":
      return compileIs(test.pattern);
    case "matches": {
      const matches = ofShown(test.source, compileRegex(test.source, test.flags));
      return make({ passes: (value) => matches(textOf(value)), literal: literalOf(test.source, test.flags) });
    }
    default: {
      const passes = compileComparison(test.value);
      const { op } = test;
      const wanted = isDecimal(test.value) ? Number(test.value) : undefined;
      return make({
        passes: (value) => passes(value, op),
        passesNumber: (value, isExact) => {
          if (wanted === undefined) {
            return undefined;
          }
          if (value !== wanted) {
            return holds(value < wanted ? -1 : 1, op);
          }
          return isShort(test.value) && isExact() ? holds(0, op) : undefined;
        },
      });
    }
  }
}

interface Parts {
  /** For a value that is no object and no array. */
  readonly passes: (value: Json) => boolean;
  /** For a number that is rounded; undefined if that does not decide. */
  readonly passesNumber?: (value: number, isExact: () => boolean) => boolean | undefined;
  readonly literal?: string | undefined;
}

/** Up to 15 digits without an exponent: of those no two are the same number once they are rounded. */
function isShort(digits: string): boolean {
  return digits.length <= 15 && !/e/i.test(digits);
}

/** A number in JSON, or what looks like one, that may have more digits than that. */
const LONG_NUMBER = /[:,[\s]-?(?:[\d.]{15}|[\d.]+e)/i;

/** Whether no number of a line of JSON has lost digits to `JSON.parse`. */
export function isExactLine(line: string): boolean {
  return !LONG_NUMBER.test(line);
}

/** An object passes no test but that it is there. */
function make({ passes, passesNumber, literal }: Parts): CompiledTest {
  return {
    literal: literal !== undefined && isTextAlone(literal) ? literal : undefined,
    passes: (value) =>
      value !== undefined &&
      (Array.isArray(value)
        ? value.some((item) => !isJsonObject(item) && !Array.isArray(item) && passes(item))
        : !isJsonObject(value) && passes(value)),
    passesQuickly: (value, isExact) => {
      if (typeof value === "number") {
        return passesNumber?.(value, isExact);
      }
      return typeof value === "string" || typeof value === "boolean" || value === null
        ? passes(value)
        : value === undefined
          ? false
          : undefined;
    },
  };
}

function compileIs(pattern: string): CompiledTest {
  const parts = patternParts(pattern);
  if (parts.length > 1 && parts.every((part) => part === "")) {
    const isThere = (value: unknown) => value !== undefined;
    return { passes: isThere, passesQuickly: isThere, literal: undefined };
  }
  const matches = ofShown(pattern, compilePattern(pattern));
  const [whole] = parts;
  const isNumber = parts.length === 1 && whole !== undefined && isDecimal(whole);
  return make({
    passes: (value) =>
      isNumber && value instanceof Raw && value.isNumber
        ? compareDecimals(value.text, whole) === 0
        : matches(textOf(value)),
    passesNumber: (value, isExact) => {
      if (parts.length > 1) {
        return undefined;
      }
      if (!isNumber || value !== Number(whole)) {
        return false;
      }
      return isShort(whole) && isExact() ? true : undefined;
    },
    literal: parts.filter(isTextAlone).sort((one, other) => other.length - one.length)[0],
  });
}

/** Whether a value that holds it must be a string: numbers may be written in other ways, and objects are no text. */
function isTextAlone(part: string): boolean {
  return (
    /[^\d.eE+-]/.test(part) && !["true", "false", "null"].some((word) => word.includes(part.toLowerCase()))
  );
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
