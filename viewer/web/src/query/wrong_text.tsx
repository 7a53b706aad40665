import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { QueryError } from "../../store/query/syntax";

export interface WrongTextProps {
  readonly field: RefObject<HTMLInputElement | null>;
  readonly text: string;
  readonly error: QueryError | undefined;
}

/** Lies over the field with the same text, unseen, and underlines what is wrong in it. */
export function WrongText({ field, text, error }: WrongTextProps) {
  const layer = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const [input, over] = [field.current, layer.current];
    if (input === null || over === null) {
      return;
    }
    const follow = () => {
      over.scrollLeft = input.scrollLeft;
    };
    follow();
    // A field scrolls as its caret moves, and some browsers say so late.
    const events = ["scroll", "keyup", "select", "input"];
    for (const name of events) {
      input.addEventListener(name, follow);
    }
    return () => {
      for (const name of events) {
        input.removeEventListener(name, follow);
      }
    };
  });
  return error === undefined ? null : (
    <div ref={layer} class="query-input query-over" aria-hidden="true">
      {text.slice(0, error.start)}
      <span class="wrong">{text.slice(error.start, error.end)}</span>
      {text.slice(error.end)}
    </div>
  );
}
