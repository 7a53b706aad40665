/** Stack traces in text: of Python, Java and Kotlin, JavaScript, Rust, Go and .NET. Nothing is left out or changed. */

import { isLibrary, type Place, placeIn } from "./frame";

export interface StackLine {
  /**
   * `head`: what was thrown. `cause`: what is said of another error behind it. `frame`: a call. `detail`: belongs to the
   * frame above it, as its line of source. `text`: none of these.
   */
  readonly kind: "head" | "cause" | "frame" | "detail" | "text";
  readonly text: string;
  /** A frame or detail of the runtime or a library, not of the program. */
  readonly isLibrary: boolean;
  readonly place: Place | undefined;
}

type Kind = StackLine["kind"];

const HEAD =
  /^\s*(?:\|\s*)?(?:(?:\+ )?(?:Exception Group )?Traceback \(most recent call last\):|panic: |goroutine \d+ \[|stack backtrace:|Stack backtrace:|thread '.*' (?:\(\d+\) )?panicked at |fatal error: |Unhandled exception|Exception in thread )/;
const CAUSE =
  /^\s*(?:\|\s*)?(?:Caused by:?|Suppressed:|\[(?:cause|errors)\]:|-+> |--- End of |During handling of the above exception|The above exception was the direct cause|\[CIRCULAR REFERENCE|created by .+ in goroutine|\+[-+]+ \d+ -+)/;
const FRAMES: readonly RegExp[] = [
  // Java, JavaScript in V8, .NET
  /^\s+at (?:async )?[^\s(].*(?:\)|:\d+|:line \d+)(?: \{)?$/,
  // Python
  /^\s*(?:\|\s+)?File "[^"]*", line \d+/,
  // Rust: the number, then a function
  /^\s*\d+: +(?:0x[\da-f]+ - )?\S.*$/,
  // Firefox and Safari
  /^\s*[^\s@]*@\S+:\d+:\d+$/,
  // Go
  /^[\w./-]\S*\(.*\)$/,
];
const GO_PLACE = /^\t\S.*\.(?:go|s):\d+/;
const RUST_PLACE = /^\s+at \S+:\d+(?::\d+)?$/;
const PYTHON_SOURCE = /^(?:\s*\| )?\s{4,}\S/;
const MORE = /^\s*\.\.\. \d+ (?:more|frames|common frames)|^\s*\[Previous line repeated/;

/** Reads a stack trace; undefined for text that has none. `isExpected`: the text is said to be one, by its field's name. */
export function readStack(text: string, isExpected = false): readonly StackLine[] | undefined {
  if (!canHoldStack(text, isExpected)) {
    return undefined;
  }
  const lines = text.replaceAll("\r\n", "\n").replace(/\n+$/, "").split("\n");
  const isGo = lines.some((line) => GO_PLACE.test(line));
  const rustFrom = lines.findIndex((line) => /^\s*stack backtrace:/i.test(line));
  const isPython = lines.some((line) => FRAMES[1]?.test(line));
  const kinds: Kind[] = [];
  for (const [index, line] of lines.entries()) {
    const isRust = rustFrom !== -1 && index > rustFrom;
    kinds.push(kindOf(line, kinds.at(-1), { isGo, isRust, isPython }));
  }
  const frames = kinds.filter((kind) => kind === "frame").length;
  const hasHead = lines.some((line) => HEAD.test(line) || CAUSE.test(line));
  if (frames < (isExpected || hasHead ? 1 : 2)) {
    return undefined;
  }
  return withOwners(lines, kinds);
}

/** Tells most texts that are no stack trace, without a closer look. */
export function canHoldStack(text: string, isExpected: boolean): boolean {
  return text.length <= MAX_LENGTH && (isExpected || text.includes("\n"));
}

const MAX_LENGTH = 512 * 1024;
/** No frame is longer, and what looks for one takes more than proportional time. */
const MAX_LINE = 2_000;

interface Language {
  readonly isGo: boolean;
  readonly isRust: boolean;
  readonly isPython: boolean;
}

function kindOf(line: string, before: Kind | undefined, { isGo, isRust, isPython }: Language): Kind {
  if (line.length > MAX_LINE || line.trim() === "") {
    return "text";
  }
  const isAfterFrame = before === "frame" || before === "detail";
  if (MORE.test(line)) {
    return "detail";
  }
  if (isRust && isAfterFrame && RUST_PLACE.test(line)) {
    return "detail";
  }
  if (isGo && (isAfterFrame || before === "cause") && GO_PLACE.test(line)) {
    return "detail";
  }
  if (HEAD.test(line)) {
    return "head";
  }
  if (CAUSE.test(line)) {
    return "cause";
  }
  const [called, python, rust, gecko, go] = FRAMES;
  if (python?.test(line) || gecko?.test(line) || (!isPython && called?.test(line))) {
    return "frame";
  }
  if ((isRust && rust?.test(line)) || (isGo && go?.test(line))) {
    return "frame";
  }
  if (isPython && isAfterFrame && PYTHON_SOURCE.test(line)) {
    return "detail";
  }
  if (before === "cause" && /^\s+\d+: /.test(line)) {
    return "cause";
  }
  return isPython ? (isAfterFrame ? "head" : "text") : before === undefined ? "head" : "text";
}

/** A frame and its details are of one owner, by whichever of them has a place. */
function withOwners(lines: readonly string[], kinds: readonly Kind[]): readonly StackLine[] {
  const stack: StackLine[] = [];
  for (let index = 0; index < lines.length; ) {
    let end = index + 1;
    if (kinds[index] === "frame" || kinds[index] === "cause") {
      while (kinds[end] === "detail") {
        end += 1;
      }
    }
    const isFromLibrary = kinds[index] === "frame" && lines.slice(index, end).some(isLibrary);
    for (; index < end; index += 1) {
      const text = lines[index] ?? "";
      const kind = kinds[index] ?? "text";
      const hasPlace = kind === "frame" || kind === "detail" || /panicked at /.test(text);
      stack.push({ kind, text, isLibrary: isFromLibrary, place: hasPlace ? placeIn(text) : undefined });
    }
  }
  return stack;
}
