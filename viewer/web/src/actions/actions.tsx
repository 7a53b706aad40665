import { useRef, useState } from "preact/hooks";
import { pick } from "../language";
import type { Model } from "../model";
import { writeEntryLink } from "../url";
import { ClearButton } from "./clear_button";
import { copyText } from "./copy";
import { DropZone } from "./drop_zone";
import { ExportMenu } from "./export_menu";
import { Icon } from "./icon";
import { openFiles } from "./open_files";
import "./actions.css";
import "./button.css";

const text = pick({
  en: {
    group: "Log",
    share: "Share",
    shareTitle: "Copy a link to what is shown and to the open entry",
    shared: "Link copied",
    notShared: "The browser did not allow it",
    open: "Open",
    openTitle: "Open an NDJSON file, or drop it on the page",
  },
  zh: {
    group: "日志",
    share: "分享",
    shareTitle: "复制指向当前视图和已打开条目的链接",
    shared: "链接已复制",
    notShared: "浏览器不允许",
    open: "打开",
    openTitle: "打开 NDJSON 文件，或将其拖放到页面上",
  },
});

const SAID_FOR_MS = 6_000;

/** What can be done with the log as a whole. */
export function Actions({ model }: { model: Model }) {
  const [said, setSaid] = useState("");
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const files = useRef<HTMLInputElement>(null);
  const say = (words: string) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setSaid(""), SAID_FOR_MS);
    setSaid(words);
  };
  const open = (chosen: readonly File[]) => void openFiles(model, chosen, say);
  return (
    <section class="actions" aria-label={text.group}>
      <ExportMenu model={model} say={say} />
      <button
        type="button"
        class="button"
        title={text.shareTitle}
        onClick={async () => say((await copyText(await shareLink(model))) ? text.shared : text.notShared)}
      >
        <Icon name="share" />
        <span class="action-name">{text.share}</span>
      </button>
      <button type="button" class="button" title={text.openTitle} onClick={() => files.current?.click()}>
        <Icon name="open" />
        <span class="action-name">{text.open}</span>
      </button>
      <input
        ref={files}
        type="file"
        hidden
        multiple
        accept=".ndjson,.jsonl,.json,.log,.txt"
        onChange={(event) => {
          open([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = "";
        }}
      />
      <ClearButton model={model} />
      <span class="action-said" role="status">
        {said}
      </span>
      <DropZone onFiles={open} />
    </section>
  );
}

/** The address of the view, with the open entry if it has a number. */
async function shareLink(model: Model): Promise<string> {
  const id = model.selected.value;
  const entry = id === undefined ? undefined : await model.store.ask("entry", id).catch(() => undefined);
  const { session, row } = entry ?? {};
  const link = session === undefined || row?.seq === undefined ? undefined : { session, seq: row.seq };
  return writeEntryLink(location.href, model.view.value, link);
}
