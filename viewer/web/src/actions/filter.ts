/** What a click on a value does to the view. */

import { type Model, stepTo } from "../model";
import { addTerm, excludeTerm, hasAlternative, orTerm } from "../query/edit";

export { fieldTerm, patternTerm, targetTerm, traceTerm } from "../query/edit";

/** Shows only what the term passes, besides what the query asks for already. */
export function filterFor(model: Model, term: string): void {
  stepTo(model, { query: addTerm(model.view.value.query, term) });
}

/** Shows what the term passes, too, beside what another value of the same passes. */
export function filterForAlso(model: Model, term: string): void {
  stepTo(model, { query: orTerm(model.view.value.query, term) });
}

/** Whether the query asks for a value beside which the term can be another one. */
export function canAlso(model: Model, term: string): boolean {
  return hasAlternative(model.view.value.query, term);
}

export function filterOut(model: Model, term: string): void {
  stepTo(model, { query: excludeTerm(model.view.value.query, term) });
}

export function isColumn(model: Model, path: string): boolean {
  return model.view.value.columns.includes(path);
}

export function toggleColumn(model: Model, path: string): void {
  const { columns } = model.view.value;
  stepTo(model, {
    columns: columns.includes(path) ? columns.filter((name) => name !== path) : [...columns, path],
  });
}
