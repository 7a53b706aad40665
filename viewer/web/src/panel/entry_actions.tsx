import { useState } from "preact/hooks";
import type { FullEntry } from "../../store/protocol";
import { bringAround, canBringAround } from "../actions/around";
import { CopyButton } from "../actions/copy_button";
import { pick } from "../language";
import { isNarrowed, type Model } from "../model";
import { writeEntryLink } from "../url";
import type { Contents } from "./contents";
import { leaveContext, showInContext } from "./context";

const text = pick({
  en: {
    context: "In context",
    contextTitle: "The same entry among all others, without the query",
    leaveTitle: "Back to what the query shows",
    trace: "Trace",
    traceTitle: "All entries of its trace",
    around: "Bring DEBUG around here",
    aroundTitle: "Asks the program for what it still holds of the time around this entry",
    further: "Bring more",
    asking: "Asking the program …",
    brought: (count: number) => (count === 1 ? "1 entry brought" : `${count} entries brought`),
    hidden: "what the query leaves out is shown “In context”",
    nothing: "Nothing more is held there",
    failed: "The program did not answer",
    link: "Copy a link",
  },
  zh: {
    context: "查看上下文",
    contextTitle: "去掉查询，在所有条目中显示此条目",
    leaveTitle: "返回查询结果",
    trace: "追踪",
    traceTitle: "此追踪的所有条目",
    around: "取回附近的 DEBUG",
    aroundTitle: "向程序请求它仍保留的、此条目前后的内容",
    further: "取回更多",
    asking: "正在询问程序……",
    brought: (count: number) => `已取回 ${count} 条`,
    hidden: "被查询排除的条目可通过“查看上下文”显示",
    nothing: "那里没有保留更多内容",
    failed: "程序没有回应",
    link: "复制链接",
  },
});

export interface EntryActionsProps {
  readonly model: Model;
  readonly entry: FullEntry;
  readonly contents: Contents;
}

/** Where one can go from an entry. */
export function EntryActions({ model, entry, contents }: EntryActionsProps) {
  const { row, session } = entry;
  const { traceId } = contents;
  const { seq } = row;
  return (
    <div class="entry-actions">
      {isNarrowed(model.view.value) && (
        <button
          type="button"
          class="button"
          title={text.contextTitle}
          onClick={() => showInContext(model, row.id)}
        >
          {text.context}
        </button>
      )}
      {model.formerView.value !== undefined && (
        <button
          type="button"
          class="button"
          title={text.leaveTitle}
          aria-pressed={true}
          onClick={() => leaveContext(model, row.id)}
        >
          {text.context}
        </button>
      )}
      {traceId !== undefined && traceId !== "" && (
        <button
          type="button"
          class="button"
          title={text.traceTitle}
          onClick={() => {
            model.trace.value = traceId;
          }}
        >
          {text.trace}
        </button>
      )}
      {seq !== undefined && canBringAround(model, row.producer) && (
        <Around key={row.id} model={model} entry={entry} />
      )}
      {seq !== undefined && session !== undefined && (
        <CopyButton
          label={text.link}
          content={() => writeEntryLink(location.href, model.view.value, { session, seq })}
        />
      )}
    </div>
  );
}

type Progress = "asking" | "failed" | number | undefined;

function Around({ model, entry }: { model: Model; entry: FullEntry }) {
  const [progress, setProgress] = useState<Progress>();
  const [former, setFormer] = useState(0);
  const bring = () => {
    setProgress("asking");
    bringAround(model, entry.row, former).then(
      (count) => {
        setProgress(count);
        setFormer(former + 1);
      },
      () => setProgress("failed"),
    );
  };
  return (
    <>
      <button
        type="button"
        class="button"
        title={text.aroundTitle}
        disabled={progress === "asking"}
        onClick={bring}
      >
        {progress === "asking" ? text.asking : former === 0 ? text.around : text.further}
      </button>
      <span class="soft" role="status">
        {sayProgress(progress, model.view.value.query !== "")}
      </span>
    </>
  );
}

function sayProgress(progress: Progress, isNarrowed: boolean): string {
  if (typeof progress === "number") {
    const brought = text.brought(progress);
    return progress === 0 ? text.nothing : isNarrowed ? `${brought}; ${text.hidden}` : brought;
  }
  return progress === "failed" ? text.failed : "";
}
