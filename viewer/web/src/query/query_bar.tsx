/** What is shown of the log: levels, the query, and what of it producers are asked for. */

import { type Model, stepTo } from "../model";
import { LevelButtons } from "./level_buttons";
import { QueryField } from "./query_field";
import { SourceToggle } from "./source_toggle";
import "./query.css";

export function QueryBar({ model }: { model: Model }) {
  return (
    <search class="query-bar">
      <LevelButtons query={model.view.value.query} onQuery={(query) => stepTo(model, { query })} />
      <QueryField model={model} />
      <SourceToggle model={model} />
    </search>
  );
}
