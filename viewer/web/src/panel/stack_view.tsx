import { useState } from "preact/hooks";
import { CopyButton } from "../actions/copy_button";
import { pick } from "../language";
import { editorLink, editorTemplate } from "./editor";
import { Colours } from "./log_text";
import type { StackLine } from "./stack";

const text = pick({
  en: {
    folded: (count: number) => `${count} lines of libraries`,
    copy: "Copy the stack trace",
    more: (count: number) => `${count} more lines`,
    all: "Every line",
    own: "Fold libraries",
  },
  zh: {
    folded: (count: number) => `${count} 行库代码`,
    copy: "复制堆栈跟踪",
    more: (count: number) => `还有 ${count} 行`,
    all: "所有行",
    own: "折叠库代码",
  },
});

/** From so many on, lines of libraries are folded. */
const MIN_FOLDED = 4;
/** How many lines are shown at first, and then at each press. */
const SLICE = 500;

interface Group {
  readonly isFolded: boolean;
  readonly lines: readonly StackLine[];
}

/** A stack trace: the program's own frames stand out, and longer runs of libraries' frames are folded. */
export function StackView({ stack }: { stack: readonly StackLine[] }) {
  const [isWhole, setIsWhole] = useState(false);
  const [shown, setShown] = useState(SLICE);
  const groups = group(stack.slice(0, shown));
  const canFold = groups.some(({ isFolded }) => isFolded);
  return (
    <div class="stack">
      <div class="tools">
        {canFold && (
          <button type="button" class="button" onClick={() => setIsWhole(!isWhole)}>
            {isWhole ? text.own : text.all}
          </button>
        )}
        <CopyButton label={text.copy} content={() => stack.map((line) => line.text).join("\n")} isSmall />
      </div>
      <div class="lines">
        {groups.map((part, index) =>
          part.isFolded && !isWhole ? (
            <Folded key={index} lines={part.lines} />
          ) : (
            part.lines.map((line, number) => <Line key={`${index}.${number}`} line={line} />)
          ),
        )}
        {stack.length > shown && (
          <button type="button" class="folded" onClick={() => setShown(shown + SLICE)}>
            {text.more(stack.length - shown)}
          </button>
        )}
      </div>
    </div>
  );
}

function Folded({ lines }: { lines: readonly StackLine[] }) {
  const [isOpen, setIsOpen] = useState(false);
  if (isOpen) {
    return lines.map((line, index) => <Line key={index} line={line} />);
  }
  return (
    <button type="button" class="folded" aria-expanded="false" onClick={() => setIsOpen(true)}>
      ⋯ {text.folded(lines.length)}
    </button>
  );
}

function Line({ line }: { line: StackLine }) {
  const link = line.place === undefined ? undefined : editorLink(editorTemplate.value, line.place);
  const shown = <Colours content={line.text} />;
  return (
    <div class={`stack-line ${line.kind}${line.isLibrary ? " library" : ""}`} dir="ltr">
      {link === undefined ? shown : <a href={link}>{shown}</a>}
      {line.text === "" && "\u200b"}
    </div>
  );
}

function group(stack: readonly StackLine[]): readonly Group[] {
  const groups: { isFolded: boolean; lines: StackLine[] }[] = [];
  for (const line of stack) {
    const last = groups.at(-1);
    if (last?.isFolded === line.isLibrary) {
      last.lines.push(line);
    } else {
      groups.push({ isFolded: line.isLibrary, lines: [line] });
    }
  }
  return groups.map(({ isFolded, lines }) => ({ isFolded: isFolded && lines.length >= MIN_FOLDED, lines }));
}
