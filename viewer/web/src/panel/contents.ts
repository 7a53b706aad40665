/** What the panel finds in an entry: its fields, the stack traces in them, and where it was logged. No DOM. */

import { type Json, parseJson, textOf } from "../../store/json";
import { fieldOf } from "../../store/reading";
import { withoutAnsi } from "../ansi/read";
import type { Place } from "./frame";
import { isBranch, member, membersOf, memberText } from "./json";
import { canHoldStack, readStack, type StackLine } from "./stack";

export interface FoundStack {
  /** The path of its field; `message` for the message. */
  readonly path: string;
  readonly stack: readonly StackLine[];
}

export interface Contents {
  /** As the entry has it; undefined for a line that is none. */
  readonly message: string | undefined;
  readonly timestamp: string | undefined;
  readonly fields: Json | undefined;
  readonly span: Json | undefined;
  /** Members that the protocol does not know. */
  readonly others: Json | undefined;
  readonly stacks: readonly FoundStack[];
  /** Where it was logged, by its `code.*` fields. */
  readonly place: Place | undefined;
  readonly traceId: string | undefined;
  readonly whole: Json | undefined;
}

const KNOWN = new Set(["timestamp", "level", "target", "message", "fields", "span"]);
const STACK_NAME = /stack|trace(?!_?id|parent|state)|backtrace|exception/i;
const MAX_DEPTH = 8;
const MAX_STACKS = 16;

export function contentsOf(json: string): Contents {
  const whole = parseJson(json);
  const message = member(whole, "message");
  const fields = member(whole, "fields");
  const others = new Map(membersOf(whole instanceof Map ? whole : null).filter(([key]) => !KNOWN.has(key)));
  const stacks: FoundStack[] = [];
  findStacks(message, "message", 0, stacks);
  findStacks(fields, "", 0, stacks);
  findStacks(others, "", 0, stacks);
  return {
    message: typeof message === "string" ? message : undefined,
    timestamp: memberText(whole, "timestamp"),
    fields,
    span: member(whole, "span"),
    others: others.size === 0 ? undefined : others,
    stacks,
    place: codePlace(whole),
    traceId: memberText(member(whole, "span"), "trace_id"),
    whole,
  };
}

function findStacks(value: Json | undefined, path: string, depth: number, found: FoundStack[]): void {
  if (value === undefined || depth > MAX_DEPTH || found.length >= MAX_STACKS) {
    return;
  }
  const isNamed = path !== "message" && STACK_NAME.test(path.slice(path.lastIndexOf(".") + 1));
  const text = typeof value === "string" ? value : isNamed ? joined(value) : undefined;
  const stack =
    text !== undefined && canHoldStack(text, isNamed) ? readStack(withoutAnsi(text), isNamed) : undefined;
  if (stack !== undefined) {
    found.push({ path, stack });
  } else if (isBranch(value)) {
    for (const [key, inner] of membersOf(value)) {
      findStacks(inner, path === "" ? key : `${path}.${key}`, depth + 1, found);
    }
  }
}

/** Some write a line an item. */
function joined(value: Json): string | undefined {
  return Array.isArray(value) && value.every((item) => typeof item === "string")
    ? value.join("\n")
    : undefined;
}

/** By the names of OpenTelemetry, and by those before them. */
function codePlace(whole: Json | undefined): Place | undefined {
  if (!(whole instanceof Map)) {
    return undefined;
  }
  const first = (paths: readonly string[]) => {
    const value = paths
      .map((path) => fieldOf(whole, path))
      .find((found) => found !== undefined && !isBranch(found));
    return value === undefined ? undefined : textOf(value);
  };
  const path = first(["code.file.path", "code.filepath", "code.file"]);
  const number = (text: string | undefined) =>
    text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
  return path === undefined
    ? undefined
    : {
        path,
        line: number(first(["code.line.number", "code.lineno", "code.line"])),
        column: number(first(["code.column.number", "code.column"])),
      };
}
