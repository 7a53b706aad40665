import { type Json, textOf } from "../../store/json";
import { CopyButton } from "../actions/copy_button";
import { fieldTerm, filterFor, filterOut, isColumn, toggleColumn } from "../actions/filter";
import { IconButton } from "../actions/icon_button";
import { pick } from "../language";
import type { Model } from "../model";
import { isBranch, prettyJson } from "./json";

const text = pick({
  en: {
    copy: "Copy the value",
    only: "Show only entries with this value",
    not: "Leave out entries with this value",
    column: "Show as a column",
    noColumn: "No longer a column",
  },
  zh: {
    copy: "复制值",
    only: "只显示具有此值的条目",
    not: "排除具有此值的条目",
    column: "显示为列",
    noColumn: "不再显示为列",
  },
});

export interface ValueToolsProps {
  readonly model: Model;
  /** For queries and columns. */
  readonly path: string;
  readonly value: Json;
}

/** What can be done with a value, beside it. */
export function ValueTools({ model, path, value }: ValueToolsProps) {
  const isShown = isColumn(model, path);
  return (
    <span class="value-tools">
      <CopyButton
        label={text.copy}
        content={() => (isBranch(value) ? prettyJson(value) : textOf(value))}
        isSmall
      />
      {!isBranch(value) && (
        <>
          <IconButton
            label={text.only}
            icon="plus"
            onClick={() => filterFor(model, fieldTerm(path, textOf(value)))}
          />
          <IconButton
            label={text.not}
            icon="minus"
            onClick={() => filterOut(model, fieldTerm(path, textOf(value)))}
          />
        </>
      )}
      <IconButton
        label={isShown ? text.noColumn : text.column}
        icon="column"
        isPressed={isShown}
        onClick={() => toggleColumn(model, path)}
      />
    </span>
  );
}
