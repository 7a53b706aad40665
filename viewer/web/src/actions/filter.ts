/** What a click on a value does to the view. */

import type { Model } from "../model";
import { addTerm, excludeTerm } from "../query/edit";

export { fieldTerm, patternTerm, targetTerm, traceTerm } from "../query/edit";

/** Shows only what the term passes, besides what the query asks for already. */
export function filterFor(model: Model, term: string): void {
  setQuery(model, addTerm(model.view.value.query, term));
}

export function filterOut(model: Model, term: string): void {
  setQuery(model, excludeTerm(model.view.value.query, term));
}

export function setQuery(model: Model, query: string): void {
  model.view.value = { ...model.view.value, query };
}

export function isColumn(model: Model, path: string): boolean {
  return model.view.value.columns.includes(path);
}

export function toggleColumn(model: Model, path: string): void {
  const { columns } = model.view.value;
  model.view.value = {
    ...model.view.value,
    columns: columns.includes(path) ? columns.filter((name) => name !== path) : [...columns, path],
  };
}
