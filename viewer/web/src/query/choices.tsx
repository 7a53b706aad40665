import { useEffect, useRef } from "preact/hooks";
import { formatCount } from "../format";
import { pick } from "../language";
import { safeText } from "../text_safe";
import type { Choice } from "./complete";

const text = pick({ en: { label: "Suggestions" }, zh: { label: "建议" } });

export const LIST_ID = "query-choices";

export function choiceId(index: number): string {
  return `query-choice-${index}`;
}

export interface ChoicesProps {
  readonly choices: readonly Choice[];
  readonly chosen: number | undefined;
  onChoose(index: number): void;
}

/** The list below the query. The focus stays in the query. */
export function Choices({ choices, chosen, onChoose }: ChoicesProps) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (chosen !== undefined) {
      list.current?.children[chosen]?.scrollIntoView({ block: "nearest" });
    }
  }, [chosen]);
  return (
    <div ref={list} id={LIST_ID} class="query-choices" role="listbox" aria-label={text.label}>
      {choices.map(({ label, insert, count }, index) => (
        <div
          key={insert}
          id={choiceId(index)}
          class="query-choice"
          role="option"
          tabIndex={-1}
          aria-selected={index === chosen}
          // Before the field loses the focus.
          onPointerDown={(event) => {
            event.preventDefault();
            onChoose(index);
          }}
        >
          <bdi class="query-choice-name">{safeText(label)}</bdi>
          {count !== undefined && <span class="query-choice-count">{formatCount(count)}</span>}
        </div>
      ))}
    </div>
  );
}
