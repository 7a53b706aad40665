import { useState } from "preact/hooks";
import { type Json, Raw, textOf } from "../../store/json";
import { pick } from "../language";
import type { Model } from "../model";
import { safeText } from "../text_safe";
import { VALUE_LIMIT } from "./fold";
import { isBranch, membersOf } from "./json";
import { LogText } from "./log_text";
import { ValueTools } from "./value_tools";

const text = pick({
  en: {
    more: (count: number) => `${count} more`,
    elsewhere: "stack trace, above",
    members: (count: number) => (count === 1 ? "1 member" : `${count} members`),
    items: (count: number) => (count === 1 ? "1 item" : `${count} items`),
  },
  zh: {
    more: (count: number) => `还有 ${count} 个`,
    elsewhere: "堆栈跟踪，见上",
    members: (count: number) => `${count} 个成员`,
    items: (count: number) => `${count} 项`,
  },
});

const NONE: ReadonlySet<string> = new Set();
/** How many members are shown at first, and then at each press. */
const SLICE = 100;
/** Objects with more members, or deeper, are folded at first. */
const MAX_OPEN_MEMBERS = 12;
const MAX_OPEN_DEPTH = 2;
const MAX_NAME = 200;

export interface TreeProps {
  readonly model: Model;
  readonly value: Json;
  /** The path of `value` in the entry; empty for the fields themselves. */
  readonly path: string;
  readonly depth?: number;
  /** Put before paths that begin like one of the entry's own members. */
  readonly prefix?: string;
  /** Paths of values that are laid out elsewhere, as stack traces: they are not shown a second time. */
  readonly elsewhere?: ReadonlySet<string>;
}

/** The members of an object or array, one a line, each with what can be done with it. */
export function Tree({ model, value, path, depth = 0, prefix, elsewhere = NONE }: TreeProps) {
  const [shown, setShown] = useState(SLICE);
  const members = membersOf(value);
  return (
    <ul class="tree">
      {members.slice(0, shown).map(([key, inner]) => (
        <Member
          key={key}
          model={model}
          name={key}
          value={inner}
          path={join(path, key, prefix)}
          depth={depth}
          elsewhere={elsewhere}
        />
      ))}
      {members.length > shown && (
        <li class="more">
          <button type="button" class="button" onClick={() => setShown(shown + SLICE)}>
            {text.more(members.length - shown)}
          </button>
        </li>
      )}
    </ul>
  );
}

/** A field that is called as the entry's own `message` or `span` is named as `fields.message`. */
function join(path: string, key: string, prefix: string | undefined): string {
  if (path !== "") {
    return `${path}.${key}`;
  }
  return prefix !== undefined && OWN.test(key) ? `${prefix}.${key}` : key;
}

const OWN = /^(?:timestamp|level|target|message|span|fields)(?:\.|$)/;

interface MemberProps extends Required<Omit<TreeProps, "prefix">> {
  readonly name: string;
}

function Member({ model, name, value, path, depth, elsewhere }: MemberProps) {
  const count = membersOf(value).length;
  const [isOpen, setIsOpen] = useState(depth < MAX_OPEN_DEPTH && count <= MAX_OPEN_MEMBERS);
  const isElsewhere = elsewhere.has(path);
  const label = <bdi class="key">{safeText(name.slice(0, MAX_NAME))}</bdi>;
  if (!isBranch(value) || count === 0 || isElsewhere) {
    return (
      <li>
        <div class="member">
          {label}
          {isElsewhere ? <span class="size">{text.elsewhere}</span> : <Leaf value={value} />}
          <ValueTools model={model} path={path} value={value} />
        </div>
      </li>
    );
  }
  return (
    <li>
      <div class="member">
        <button type="button" class="fold" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
          {label}
          <span class="size">{Array.isArray(value) ? text.items(count) : text.members(count)}</span>
        </button>
        <ValueTools model={model} path={path} value={value} />
      </div>
      {isOpen && <Tree model={model} value={value} path={path} depth={depth + 1} elsewhere={elsewhere} />}
    </li>
  );
}

function Leaf({ value }: { value: Json }) {
  const kind = value instanceof Raw ? "number" : typeof value === "string" ? "string" : "literal";
  const content = isBranch(value) ? (Array.isArray(value) ? "[]" : "{}") : textOf(value);
  return (
    <span class={`value ${kind}`} dir="auto">
      {content === "" ? <span class="size">""</span> : <LogText content={content} limit={VALUE_LIMIT} />}
    </span>
  );
}
