import { useMemo } from "preact/hooks";
import { type FullEntry, MALFORMED } from "../../store/protocol";
import { bringBack } from "../fetch_gap";
import { pick } from "../language";
import { closeInnermost } from "../layers";
import { canBringBack, gapText, liveText } from "../list/text";
import type { Model } from "../model";
import { safeText } from "../text_safe";
import { Trace } from "../trace/trace";
import { contentsOf } from "./contents";
import { EditorSetting } from "./editor_setting";
import { EntryActions } from "./entry_actions";
import { MESSAGE_LIMIT } from "./fold";
import { Head, Walk } from "./head";
import { membersOf } from "./json";
import { JsonView } from "./json_view";
import { LogText } from "./log_text";
import { StackView } from "./stack_view";
import { Tree } from "./tree";
import { type Loaded, useEntry } from "./use_entry";
import "./panel.css";

const text = pick({
  en: {
    entry: "Entry",
    trace: "Trace",
    message: "Message",
    fields: "Fields",
    span: "Span",
    others: "More",
    gone: "The page no longer holds this row.",
    numbers: (first: number, last: number) => `Numbers ${first} to ${last} of its program's run`,
    bringBack: "Bring back",
    line: "This line is no entry of the protocol. It is shown as it came.",
  },
  zh: {
    entry: "条目",
    trace: "追踪",
    message: "消息",
    fields: "字段",
    span: "跨度",
    others: "其他",
    gone: "页面不再保留此行。",
    numbers: (first: number, last: number) => `程序本次运行的编号 ${first} 至 ${last}`,
    bringBack: "取回",
    line: "此行不是协议中的条目，按收到的原样显示。",
  },
});

/** The entry that was chosen, or a trace, beside the list. */
export function Panel({ model }: { model: Model }) {
  const trace = model.trace.value;
  const selected = model.selected.value;
  const loaded = useEntry(model, trace === undefined ? selected : undefined);
  if (trace === undefined && selected === undefined) {
    return null;
  }
  const closeByKey = (event: KeyboardEvent) => {
    if (event.key === "Escape" && !event.defaultPrevented) {
      event.preventDefault();
      closeInnermost(model);
    }
  };
  return (
    <aside class="panel" aria-label={trace === undefined ? text.entry : text.trace} onKeyDown={closeByKey}>
      {trace !== undefined ? (
        <Trace model={model} traceId={trace} />
      ) : isEntry(loaded) ? (
        <Entry key={loaded.row.id} model={model} entry={loaded} />
      ) : (
        <>
          <div class="panel-head">
            <h2>{text.entry}</h2>
            <Walk model={model} />
          </div>
          {loaded !== undefined && <NoEntry model={model} loaded={loaded} />}
        </>
      )}
    </aside>
  );
}

function isEntry(loaded: Loaded): loaded is FullEntry {
  return typeof loaded === "object" && "row" in loaded;
}

/** A gap, a mark, or nothing any more. */
function NoEntry({ model, loaded }: { model: Model; loaded: Exclude<Loaded, FullEntry | undefined> }) {
  if (loaded === "gone") {
    return <p class="panel-body soft">{text.gone}</p>;
  }
  if (loaded.kind === "live") {
    return <p class="panel-body">{liveText}</p>;
  }
  return (
    <div class="panel-body">
      <p>
        <bdi>{safeText(gapText(loaded, model.nameOf(loaded.producer)))}</bdi>
      </p>
      <p class="soft">{text.numbers(loaded.first, loaded.last)}</p>
      {canBringBack(loaded) && (
        <button type="button" class="button" onClick={() => void bringBack(model, loaded)}>
          {text.bringBack}
        </button>
      )}
    </div>
  );
}

function Entry({ model, entry }: { model: Model; entry: FullEntry }) {
  const { json, row } = entry;
  const contents = useMemo(() => contentsOf(json), [json]);
  const elsewhere = useMemo(() => new Set(contents.stacks.map(({ path }) => path)), [contents]);
  const inMessage = contents.stacks.find(({ path }) => path === "message");
  return (
    <>
      <div class="panel-head">
        <h2>{text.entry}</h2>
        <Walk model={model} />
      </div>
      <div class="panel-body">
        <Head model={model} entry={entry} contents={contents} />
        <EntryActions model={model} entry={entry} contents={contents} />
        <section>
          <h3>{text.message}</h3>
          {row.level === MALFORMED && <p class="soft">{text.line}</p>}
          {inMessage === undefined ? (
            <pre class="message" dir="auto">
              <LogText content={contents.message ?? json} limit={MESSAGE_LIMIT} />
            </pre>
          ) : (
            <StackView stack={inMessage.stack} />
          )}
        </section>
        {contents.stacks
          .filter((found) => found !== inMessage)
          .map(({ path, stack }) => (
            <section key={path}>
              <h3>{path}</h3>
              <StackView stack={stack} />
            </section>
          ))}
        {membersOf(contents.fields ?? null).length > 0 && contents.fields !== undefined && (
          <section>
            <h3>{text.fields}</h3>
            <Tree model={model} value={contents.fields} path="" prefix="fields" elsewhere={elsewhere} />
          </section>
        )}
        {contents.span !== undefined && membersOf(contents.span).length > 0 && (
          <section>
            <h3>{text.span}</h3>
            <Tree model={model} value={contents.span} path="span" />
          </section>
        )}
        {contents.others !== undefined && (
          <section>
            <h3>{text.others}</h3>
            <Tree model={model} value={contents.others} path="" elsewhere={elsewhere} />
          </section>
        )}
        <JsonView json={json} value={contents.whole} />
        {(contents.place !== undefined || contents.stacks.length > 0) && <EditorSetting />}
      </div>
    </>
  );
}
