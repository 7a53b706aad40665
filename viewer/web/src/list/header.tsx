/** The names of the columns, and the day of the rows. */

import { toggleColumn } from "../actions/filter";
import { pick } from "../language";
import type { Model } from "../model";
import "./header.css";

const text = pick({
  en: {
    time: { local: "time", utc: "time UTC", relative: "age" },
    level: "level",
    producer: "producer",
    target: "target",
    message: "message",
    remove: (name: string) => `Remove the column ${name}`,
  },
  zh: {
    time: { local: "时间", utc: "时间 UTC", relative: "距今" },
    level: "级别",
    producer: "生产者",
    target: "目标",
    message: "消息",
    remove: (name: string) => `移除列 ${name}`,
  },
});

export function Header({ model }: { model: Model }) {
  const { view, settings, origins } = model;
  return (
    <div class="list-header">
      <span class="cell time">{text.time[settings.value.zone]}</span>{" "}
      <span class="cell level">{text.level}</span>{" "}
      {origins.value.length > 1 && (
        <>
          <span class="cell producer">{text.producer}</span>{" "}
        </>
      )}
      <span class="cell target">{text.target}</span> <span class="cell text">{text.message}</span>
      {view.value.columns.map((name) => (
        <span key={name}>
          {" "}
          <span class="cell column">
            <bdi>{name}</bdi>
            <button
              type="button"
              class="remove-column"
              aria-label={text.remove(name)}
              onClick={() => toggleColumn(model, name)}
            >
              ×
            </button>
          </span>
        </span>
      ))}
    </div>
  );
}
