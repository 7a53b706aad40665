import { batch, useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Facets } from "../../store/protocol";
import { parse } from "../../store/query/parse";
import type { QueryError } from "../../store/query/syntax";
import { IconButton } from "../actions/icon_button";
import { pick } from "../language";
import { type Model, stepTo } from "../model";
import { Choices, choiceId, LIST_ID } from "./choices";
import { accept, complete } from "./complete";
import { finish } from "./edit";
import { explain } from "./explain";
import { WrongText } from "./wrong_text";

const text = pick({
  en: { label: "Query", placeholder: "Filter:  word  level:warn+  field:value", clear: "Clear the query" },
  zh: { label: "查询", placeholder: "筛选：  词语  level:warn+  字段:值", clear: "清除查询" },
});

/** While the field has the focus, facets are asked for so often. */
const FACETS_MS = 2_000;
/** A word that suggestions may complete is not looked for before it stands so long: half of it seldom passes anything. */
const HALF_WORD_MS = 400;

export function QueryField({ model }: { model: Model }) {
  const input = useRef<HTMLInputElement>(null);
  /** What stands in the field. */
  const written = useSignal(model.view.value.query);
  const caret = useSignal(0);
  const isOpen = useSignal(false);
  const chosen = useSignal<number | undefined>(undefined);
  const facets = useSignal<Facets | undefined>(undefined);
  /** What of it the view has. */
  const given = useRef(model.view.value.query);
  const halfWord = useRef<ReturnType<typeof setTimeout>>(undefined);
  const error = useComputed(
    () => parse(written.value).error ?? slowError(model.queryError.value, written.value),
  );
  const completion = useComputed(() => complete(written.value, caret.value, facets.value));

  // A click elsewhere has changed the query.
  useSignalEffect(() => {
    const { query } = model.view.value;
    if (query !== given.current) {
      given.current = query;
      written.value = query;
    }
  });
  useEffect(() => () => clearTimeout(halfWord.current), []);
  useEffect(() => {
    const element = input.current;
    if (element !== null && element.value !== written.value) {
      element.value = written.value;
    }
  }, [written.value]);

  const noteCaret = () => {
    caret.value = input.current?.selectionEnd ?? 0;
  };
  const give = () => {
    clearTimeout(halfWord.current);
    given.current = finish(written.value).trim();
    batch(() => {
      model.typedQuery.value = undefined;
      if (given.current !== model.view.value.query) {
        model.view.value = { ...model.view.value, query: given.current };
      }
    });
  };
  const isHalfWord = () => {
    const { choices, start, end, isWhole } = completion.value;
    return isOpen.value && choices.length > 0 && end > start && !isWhole;
  };
  /** Takes what stands in the field, with the caret where it is. */
  const write = (query: string) => {
    written.value = query;
    noteCaret();
    chosen.value = undefined;
    clearTimeout(halfWord.current);
    if (isHalfWord()) {
      model.typedQuery.value = finish(query).trim();
      halfWord.current = setTimeout(() => {
        // Unless Back has gone elsewhere meanwhile.
        if (model.typedQuery.value !== undefined) give();
      }, HALF_WORD_MS);
    } else {
      give();
    }
  };
  /** The query is written. */
  const settle = () => {
    isOpen.value = false;
    chosen.value = undefined;
    give();
  };
  const askFacets = useFacets(model, (found) => {
    // Half a word may pass nothing: what was there before is still what can be asked for.
    if (found.sampled > 0 || facets.value === undefined) {
      facets.value = found;
    }
  });
  const choose = (index: number) => {
    const choice = completion.value.choices[index];
    const element = input.current;
    if (choice === undefined || element === null) {
      return;
    }
    const next = accept(written.value, completion.value, choice);
    element.value = next.text;
    element.focus();
    element.setSelectionRange(next.caret, next.caret);
    isOpen.value = next.text.charAt(next.caret - 1) === ":";
    write(next.text);
  };
  const pressed = (event: KeyboardEvent) => {
    if (!event.isComposing && onKey(event)) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  /** Returns whether the key is used up. */
  const onKey = ({ key, altKey }: KeyboardEvent): boolean => {
    const count = completion.value.choices.length;
    switch (key) {
      case "ArrowDown":
      case "ArrowUp": {
        if (count === 0) {
          return false;
        }
        const by = key === "ArrowDown" ? 1 : -1;
        const from = chosen.value ?? (by === 1 ? -1 : count);
        // Beyond either end lies the text itself.
        const next = from + by;
        chosen.value = altKey || !isOpen.value ? undefined : next >= 0 && next < count ? next : undefined;
        isOpen.value = true;
        return true;
      }
      case "Enter":
      case "Tab":
        if (!isOpen.value || chosen.value === undefined) {
          settle();
          return key === "Enter";
        }
        choose(chosen.value);
        return true;
      case "Escape":
        // A suggestion that has been chosen is given up first.
        if (chosen.value === undefined) {
          input.current?.blur();
        }
        settle();
        return true;
      default:
        return false;
    }
  };
  const isListed = isOpen.value && completion.value.choices.length > 0;
  const wrong = isListed && isUnfinished(error.value, caret.value) ? undefined : error.value;
  return (
    <div class={`query-field ${wrong === undefined ? "" : "is-wrong"}`}>
      <input
        ref={input}
        type="text"
        role="combobox"
        class="query-input"
        aria-label={text.label}
        placeholder={text.placeholder}
        aria-autocomplete="list"
        aria-expanded={isListed}
        aria-controls={LIST_ID}
        aria-activedescendant={isListed && chosen.value !== undefined ? choiceId(chosen.value) : undefined}
        aria-invalid={wrong !== undefined}
        aria-describedby={wrong === undefined ? undefined : "query-wrong"}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        enterkeyhint="search"
        defaultValue={written.value}
        onInput={({ currentTarget }) => {
          isOpen.value = true;
          write(currentTarget.value);
          if (completion.value.start === completion.value.end) {
            askFacets();
          }
        }}
        onKeyDown={pressed}
        onKeyUp={noteCaret}
        onClick={noteCaret}
        onFocus={() => {
          noteCaret();
          askFacets();
          // The worker's failure is said elsewhere.
          model.store.ask("expectQuery", undefined).catch(() => {});
        }}
        onBlur={settle}
      />
      <WrongText field={input} text={written.value} error={wrong} />
      {written.value !== "" && (
        <span class="query-clear">
          <IconButton
            label={text.clear}
            icon="close"
            onClick={() => {
              settle();
              stepTo(model, { query: "" });
              if (input.current !== null) input.current.value = "";
              write("");
              input.current?.focus();
            }}
          />
        </span>
      )}
      {isListed && <Choices choices={completion.value.choices} chosen={chosen.value} onChoose={choose} />}
      {wrong !== undefined && (
        <p id="query-wrong" class={`query-wrong ${isListed ? "unseen" : ""}`}>
          {explain(wrong)}
        </p>
      )}
    </div>
  );
}

/** Whether the value that is missing is being chosen. */
function isUnfinished(error: QueryError | undefined, caret: number): boolean {
  return error !== undefined && (error.code === "value" || error.code === "level") && error.end === caret;
}

/** What the store alone knows: that it takes too long to look for what stands in the field. */
function slowError(error: QueryError | undefined, written: string): QueryError | undefined {
  return error?.code === "slow" && error.text === finish(written).trim() ? error : undefined;
}

/** Asks for facets, and not again before some time has passed. */
function useFacets(model: Model, found: (facets: Facets) => void): () => void {
  const last = useRef(Number.NEGATIVE_INFINITY);
  return () => {
    const now = performance.now();
    if (now - last.current < FACETS_MS) {
      return;
    }
    last.current = now;
    // The worker's failure is said elsewhere.
    model.store.ask("facets", undefined).then(found, () => {});
  };
}
