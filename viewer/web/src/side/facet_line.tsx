import type { ComponentChildren } from "preact";
import { Icon } from "../actions/icon";
import { formatCount } from "../format";
import { pick } from "../language";

const text = pick({
  en: { only: "Show only", not: "Leave out" },
  zh: { only: "只显示", not: "排除" },
});

export interface FacetLineProps {
  readonly children: ComponentChildren;
  readonly count: number;
  /** Of the widest line, which has the full bar. */
  readonly most: number;
  readonly isEstimate?: boolean;
  /** Read out with the buttons. */
  readonly name: string;
  readonly onOnly: () => void;
  readonly onNot: () => void;
}

/** A value with its count: a click shows only what has it, the second button leaves it out. */
export function FacetLine({
  children,
  count,
  most,
  isEstimate = false,
  name,
  onOnly,
  onNot,
}: FacetLineProps) {
  const width = `${most === 0 ? 0 : Math.max(1, (count / most) * 100)}%`;
  return (
    <div class="facet">
      <button type="button" class="facet-only" title={`${text.only}: ${name}`} onClick={onOnly}>
        <span class="facet-name">{children}</span>
        <span class="facet-count">
          {isEstimate ? "≈" : ""}
          {formatCount(count)}
        </span>
        <span class="facet-bar" style={{ width }} />
      </button>
      <button
        type="button"
        class="button bare facet-not"
        title={`${text.not}: ${name}`}
        aria-label={`${text.not}: ${name}`}
        onClick={onNot}
      >
        <Icon name="minus" />
      </button>
    </div>
  );
}
