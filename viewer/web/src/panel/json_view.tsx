import { useState } from "preact/hooks";
import type { Json } from "../../store/json";
import { CopyButton } from "../actions/copy_button";
import { pick } from "../language";
import { prettyJson } from "./json";
import { visible } from "./log_text";

const text = pick({
  en: { title: "JSON", pretty: "Formatted", raw: "As sent", copy: "Copy the JSON" },
  zh: { title: "JSON", pretty: "格式化", raw: "原样", copy: "复制 JSON" },
});

/** What is longer is shown in part: the whole can be copied. */
const MAX_SHOWN = 256 * 1024;

export interface JsonViewProps {
  readonly json: string;
  /** Undefined for a line that is no JSON. */
  readonly value: Json | undefined;
}

/** The entry as it was sent, and the same over several lines. */
export function JsonView({ json, value }: JsonViewProps) {
  const [isOpen, setIsOpen] = useState(false);
  const [isRaw, setIsRaw] = useState(false);
  const content = () => (isRaw || value === undefined ? json : prettyJson(value));
  return (
    <section class="json">
      <div class="section-head">
        <h3>
          <button type="button" class="fold" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
            {text.title}
          </button>
        </h3>
        {isOpen && value !== undefined && (
          <>
            <Choice label={text.pretty} isChosen={!isRaw} onClick={() => setIsRaw(false)} />
            <Choice label={text.raw} isChosen={isRaw} onClick={() => setIsRaw(true)} />
          </>
        )}
        <CopyButton label={text.copy} content={content} isSmall />
      </div>
      {isOpen && <pre dir="ltr">{visible(content().slice(0, MAX_SHOWN))}</pre>}
    </section>
  );
}

function Choice({ label, isChosen, onClick }: { label: string; isChosen: boolean; onClick: () => void }) {
  return (
    <button type="button" class="button" aria-pressed={isChosen} onClick={onClick}>
      {label}
    </button>
  );
}
