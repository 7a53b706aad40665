import { useEffect, useState } from "preact/hooks";
import { formatCount } from "../format";
import { pick } from "../language";
import type { Model } from "../model";
import { Icon } from "./icon";
import { removeFile } from "./open_files";

const text = pick({
  en: {
    clear: "Clear",
    title: "Forget all entries that this page holds",
    sure: (count: string) => `Forget ${count} entries?`,
  },
  zh: {
    clear: "清空",
    title: "丢弃本页保留的所有条目",
    sure: (count: string) => `丢弃 ${count} 个条目？`,
  },
});

const ASKS_FOR_MS = 4_000;

/** Asks before it forgets: there is no way back. */
export function ClearButton({ model }: { model: Model }) {
  const [isAsking, setIsAsking] = useState(false);
  useEffect(() => {
    const timer = isAsking ? setTimeout(() => setIsAsking(false), ASKS_FOR_MS) : undefined;
    return () => clearTimeout(timer);
  }, [isAsking]);
  const press = () => {
    setIsAsking(!isAsking);
    if (isAsking) {
      model.selected.value = undefined;
      model.trace.value = undefined;
      for (const { id } of model.files.value) removeFile(model, id);
      void model.store.ask("clear", undefined).catch(() => {});
      model.list.value?.follow();
    }
  };
  return (
    <button type="button" class={`button${isAsking ? " sure" : ""}`} title={text.title} onClick={press}>
      <Icon name="clear" />
      <span class={isAsking ? "" : "action-name"}>
        {isAsking ? text.sure(formatCount(model.counts.value.held)) : text.clear}
      </span>
    </button>
  );
}
