import { useRef, useState } from "preact/hooks";
import type { ExportFormat } from "../../store/protocol";
import { pick } from "../language";
import type { Model } from "../model";
import { exportName } from "./export_name";
import { Icon } from "./icon";

const text = pick({
  en: {
    export: "Export",
    title: "Download entries as a file",
    items: {
      shown: { ndjson: "What is shown, as NDJSON", csv: "What is shown, as CSV" },
      all: { ndjson: "Everything, as NDJSON", csv: "Everything, as CSV" },
    },
    working: "Writing the file …",
    done: (name: string) => `${name} is written`,
    failed: "The file could not be written",
  },
  zh: {
    export: "导出",
    title: "将条目下载为文件",
    items: {
      shown: { ndjson: "当前显示的内容，NDJSON", csv: "当前显示的内容，CSV" },
      all: { ndjson: "全部内容，NDJSON", csv: "全部内容，CSV" },
    },
    working: "正在写入文件……",
    done: (name: string) => `已写入 ${name}`,
    failed: "无法写入文件",
  },
});

const ITEMS: readonly { readonly format: ExportFormat; readonly isFiltered: boolean }[] = [
  { format: "ndjson", isFiltered: true },
  { format: "csv", isFiltered: true },
  { format: "ndjson", isFiltered: false },
  { format: "csv", isFiltered: false },
];
/** The browser has taken the file by then. */
const REVOKE_AFTER_MS = 60_000;

export function ExportMenu({ model, say }: { model: Model; say: (words: string) => void }) {
  const [isOpen, setIsOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const close = () => {
    setIsOpen(false);
    button.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by === undefined && event.key !== "Escape") {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    if (by === undefined) {
      close();
      return;
    }
    const items = [...(box.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];
    const at = items.findIndex((item) => item.matches(":focus"));
    items.at((at + by + items.length) % items.length)?.focus();
  };
  const onFocusOut = (event: FocusEvent) => {
    if (event.relatedTarget instanceof Node && !box.current?.contains(event.relatedTarget)) {
      setIsOpen(false);
    }
  };
  return (
    <div class="menu-box" ref={box}>
      <button
        ref={button}
        type="button"
        class="button"
        title={text.title}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={() => setIsOpen(!isOpen)}
      >
        <Icon name="download" />
        <span class="action-name">{text.export}</span>
      </button>
      {isOpen && (
        <>
          <div class="menu-back" onPointerDown={close} />
          <div
            class="menu"
            role="menu"
            aria-label={text.export}
            onKeyDown={onKeyDown}
            onFocusOut={onFocusOut}
          >
            {ITEMS.map((item, index) => (
              <button
                key={`${item.format}${item.isFiltered}`}
                ref={index === 0 ? focus : null}
                type="button"
                role="menuitem"
                onClick={() => {
                  close();
                  void download(model, item.format, item.isFiltered, say);
                }}
              >
                {text.items[item.isFiltered ? "shown" : "all"][item.format]}
              </button>
            ))}
          </div>
        </>
      )}
    </div>
  );
}

function focus(element: HTMLElement | null): void {
  element?.focus();
}

async function download(
  model: Model,
  format: ExportFormat,
  isFiltered: boolean,
  say: (words: string) => void,
): Promise<void> {
  say(text.working);
  try {
    const blob = await model.store.ask("export", { format, isFiltered });
    const name = exportName(format, Date.now());
    const url = URL.createObjectURL(blob);
    const link = document.createElement("a");
    link.href = url;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), REVOKE_AFTER_MS);
    say(text.done(name));
  } catch {
    say(text.failed);
  }
}
