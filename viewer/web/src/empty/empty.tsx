/** Before the first entry: what to do. */

import { useState } from "preact/hooks";
import { CopyButton } from "../actions/copy_button";
import { pick } from "../language";
import { type Model, stepTo } from "../model";
import { safeText } from "../text_safe";
import { snippets } from "./snippets";
import "./empty.css";

const text = pick({
  en: {
    waiting: "Waiting for the first entry",
    nothing: "Nothing passes the query",
    nothingHint: "Entries that do will appear here.",
    showAll: "Show everything",
    address: "Programs log to",
    language: "Language",
    demo: "To see a shop at work, run",
    here: (name: string) => `${name} is here. Its first entry will appear at once.`,
    copy: "Copy the code",
  },
  zh: {
    waiting: "等待第一条日志",
    nothing: "没有条目符合查询",
    nothingHint: "符合的条目会出现在这里。",
    showAll: "显示全部",
    address: "程序将日志发送到",
    language: "语言",
    demo: "要查看示例商店，请运行",
    here: (name: string) => `${name} 已连接。它的第一条日志会立即出现。`,
    copy: "复制代码",
  },
});

export function Empty({ model }: { model: Model }) {
  const { received, held, shown, searched } = model.counts.value;
  if (received === 0 && held === 0) {
    return <Waiting model={model} />;
  }
  return held > 0 && shown === 0 && searched >= held ? <Nothing model={model} /> : null;
}

function Nothing({ model }: { model: Model }) {
  return (
    <section class="empty" id="empty">
      <h2>{text.nothing}</h2>
      <p>{text.nothingHint}</p>
      <button
        class="button"
        type="button"
        onClick={() => stepTo(model, { query: "", muted: [], range: undefined })}
      >
        {text.showAll}
      </button>
    </section>
  );
}

function Waiting({ model }: { model: Model }) {
  const first = model.producers.value.find(({ state }) => state === "connected");
  return (
    <section class="empty" id="empty">
      <h2>
        {text.waiting}
        <span class={`pulse ${first === undefined ? "" : "live"}`} aria-hidden="true" />
      </h2>
      <p role="status">{first === undefined ? "" : text.here(safeText(model.nameOf(first.id)))}</p>
      <p>
        {text.address} <code class="address">{model.signalingUrl}</code>
      </p>
      <Snippets url={model.signalingUrl} />
      <p class="aside">
        {text.demo} <code>logrtc demo</code>
      </p>
    </section>
  );
}

function Snippets({ url }: { url: string }) {
  const all = snippets(url);
  const [name, setName] = useState(all[0]?.name);
  const shown = all.find((snippet) => snippet.name === name);
  const move = (event: KeyboardEvent) => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (by !== 0 && event.currentTarget instanceof HTMLElement) {
      const index = (all.findIndex((snippet) => snippet.name === name) + by + all.length) % all.length;
      setName(all[index]?.name);
      event.currentTarget.querySelectorAll<HTMLElement>("[role=tab]")[index]?.focus();
    }
  };
  return (
    <div class="snippets">
      <div role="tablist" aria-label={text.language} class="tabs" onKeyDown={move}>
        {all.map((snippet) => (
          <button
            key={snippet.name}
            type="button"
            role="tab"
            aria-selected={snippet.name === name}
            tabIndex={snippet.name === name ? 0 : -1}
            onClick={() => setName(snippet.name)}
          >
            {snippet.name}
          </button>
        ))}
      </div>
      <div class="snippet-box">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
        <pre class="snippet" id="snippet" role="tabpanel" aria-label={name} tabIndex={0}>
          {shown?.code}
        </pre>
        <CopyButton label={text.copy} content={() => shown?.code ?? ""} isSmall />
      </div>
    </div>
  );
}
