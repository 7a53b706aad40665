import type { ComponentChildren } from "preact";
import { canAlso, filterFor, filterForAlso, filterOut } from "../actions/filter";
import { IconButton } from "../actions/icon_button";
import { formatCount } from "../format";
import { pick } from "../language";
import type { Model } from "../model";

const text = pick({
  en: { only: "Show only", also: "Show also", not: "Leave out" },
  zh: { only: "只显示", also: "同时显示", not: "排除" },
});

export interface FacetLineProps {
  readonly children: ComponentChildren;
  readonly count: number;
  /** Of the widest line, which has the full bar. */
  readonly most: number;
  readonly isEstimate?: boolean;
  /** Read out with the buttons. */
  readonly name: string;
  readonly model: Model;
  /** The value as a term of a query. */
  readonly term: string;
}

/**
 * A value with its count: a click shows only what has it, the last button leaves it out. Beside another value that the query asks
 * for, one button more, or a click with Ctrl, shows both.
 */
export function FacetLine({ children, count, most, isEstimate = false, name, model, term }: FacetLineProps) {
  const onClick = ({ ctrlKey, metaKey }: MouseEvent) =>
    ctrlKey || metaKey ? filterForAlso(model, term) : filterFor(model, term);
  const width = `${most === 0 ? 0 : Math.max(1, (count / most) * 100)}%`;
  return (
    <div class="facet">
      <button type="button" class="facet-only" title={`${text.only}: ${name}`} onClick={onClick}>
        <span class="facet-name">{children}</span>
        <span class="facet-count">
          {isEstimate ? "≈" : ""}
          {formatCount(count)}
        </span>
        <span class="facet-bar" style={{ width }} />
      </button>
      <span class="facet-tools">
        {canAlso(model, term) && (
          <IconButton
            label={`${text.also}: ${name}`}
            icon="plus"
            onClick={() => filterForAlso(model, term)}
          />
        )}
        <IconButton label={`${text.not}: ${name}`} icon="minus" onClick={() => filterOut(model, term)} />
      </span>
    </div>
  );
}
