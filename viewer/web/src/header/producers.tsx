/** The producers: a chip each while they are few, a count of them beyond, and a menu with what is known of each. */

import type { Producer } from "../../consumer";
import { removeFile } from "../actions/open_files";
import { formatCount, formatDuration } from "../format";
import { pick } from "../language";
import { type Model, type Origin, type Pace, stepTo } from "../model";
import { safeText } from "../text_safe";
import { Menu } from "./menu";
import { byName, labelOf, type ShownState, stateOf } from "./producer_state";
import "./producers.css";

/** More than these are counted. */
const MAX_CHIPS = 8;

const text = pick({
  en: {
    producers: "Producers",
    count: (count: string, connected: string) => `${connected} of ${count} producers`,
    details: "Producers: rate, delay, losses",
    states: {
      connecting: "connecting",
      connected: "connected",
      quiet: "quiet",
      ended: "ended",
      lost: "lost",
    } satisfies Record<ShownState, string>,
    rate: "rate",
    delay: "delay",
    trip: "round trip",
    lost: "lost",
    filtered: "left out at the source",
    mute: "mute",
    file: "file",
    remove: "remove",
    removeFile: (name: string) => `Remove ${name} and its entries`,
    none: "No producer yet",
  },
  zh: {
    producers: "生产者",
    count: (count: string, connected: string) => `${connected}/${count} 个生产者`,
    details: "生产者：速率、延迟、丢失",
    states: {
      connecting: "连接中",
      connected: "已连接",
      quiet: "安静",
      ended: "已结束",
      lost: "已丢失",
    } satisfies Record<ShownState, string>,
    rate: "速率",
    delay: "延迟",
    trip: "往返",
    lost: "丢失",
    filtered: "在源头过滤",
    mute: "静音",
    file: "文件",
    remove: "移除",
    removeFile: (name: string) => `移除 ${name} 及其条目`,
    none: "尚无生产者",
  },
});

export function Producers({ model }: { model: Model }) {
  const producers = model.producers.value;
  const connected = producers.filter(({ state }) => state === "connected").length;
  const files = model.files.value;
  const all = model.origins.value.length;
  const isCounted = all > MAX_CHIPS;
  return (
    <span class="producers-bar">
      {!isCounted && (
        <ul class="producers" id="producers" aria-label={text.producers}>
          {producers.map((producer) => (
            <Chip key={producer.id} producer={producer} model={model} />
          ))}
          {files.map((file) => (
            <FileChip key={file.id} file={file} model={model} />
          ))}
        </ul>
      )}
      {all > 0 && (
        <Menu
          label={text.details}
          className="producers-menu"
          button={
            isCounted ? (
              `${text.count(formatCount(all), formatCount(connected + files.length))} ▾`
            ) : (
              <span aria-hidden="true">▾</span>
            )
          }
        >
          <ul class="producer-list">
            {byName(producers).map((producer) => (
              <Details key={producer.id} producer={producer} model={model} />
            ))}
            {files.map((file) => (
              <FileDetails key={file.id} file={file} model={model} />
            ))}
          </ul>
        </Menu>
      )}
    </span>
  );
}

function Chip({ producer, model }: { producer: Producer; model: Model }) {
  const { name, remark } = labelOf(producer, model.producers.value);
  const { id, state, metadata } = producer;
  const about = [metadata.version, metadata.description].filter(
    (part) => typeof part === "string" && part !== "",
  );
  const isMuted = model.view.value.muted.includes(id);
  return (
    <li
      class={`chip ${state} ${model.colourOf(id)} ${isMuted ? "muted" : ""}`}
      title={safeText([`${id}: ${text.states[state]}`, ...about].join("\n"), { keepsLines: true })}
    >
      <span class="dot" />
      <span class="name">{safeText(name)}</span>
      {remark !== "" && <span class="remark">{safeText(remark)}</span>}
      {state !== "connected" && <span class="remark">{text.states[state]}</span>}
    </li>
  );
}

function FileChip({ file: { id, name }, model }: { file: Origin; model: Model }) {
  const isMuted = model.view.value.muted.includes(id);
  return (
    <li class={`chip file ${model.colourOf(id)} ${isMuted ? "muted" : ""}`} title={safeText(id)}>
      <span class="dot" />
      <span class="name">{safeText(name)}</span>
      <span class="remark">{text.file}</span>
    </li>
  );
}

function FileDetails({ file: { id, name }, model }: { file: Origin; model: Model }) {
  const label = text.removeFile(safeText(name));
  return (
    <li class={`producer-details file ${model.colourOf(id)}`}>
      <span class="dot" />
      <span class="name" title={safeText(id)}>
        <bdi>{safeText(name)}</bdi>
      </span>
      <span class="state">{text.file}</span>
      <Mute id={id} model={model} />
      <span class="facts">
        <button
          type="button"
          class="button"
          title={label}
          aria-label={label}
          onClick={() => removeFile(model, id)}
        >
          {text.remove}
        </button>
      </span>
    </li>
  );
}

function Mute({ id, model }: { id: string; model: Model }) {
  const isMuted = model.view.value.muted.includes(id);
  const toggle = () => {
    const { muted } = model.view.value;
    stepTo(model, { muted: isMuted ? muted.filter((other) => other !== id) : [...muted, id] });
  };
  return (
    <label class="mute">
      <input type="checkbox" checked={isMuted} onChange={toggle} /> {text.mute}
    </label>
  );
}

function Details({ producer, model }: { producer: Producer; model: Model }) {
  const { id, lost, filtered } = producer;
  const pace = model.paces.value.get(id);
  const state = stateOf(producer, pace);
  const { name, remark } = labelOf(producer, model.producers.value);
  return (
    <li class={`producer-details ${producer.state} ${model.colourOf(id)}`}>
      <span class="dot" />
      <span class="name" title={safeText(id)}>
        <bdi>{safeText(name)}</bdi> <span class="remark">{safeText(remark)}</span>
      </span>
      <span class={`state ${state}`}>{text.states[state]}</span>
      <span class="facts">{factsOf(pace, lost, filtered).join(" · ")}</span>
      <Mute id={id} model={model} />
    </li>
  );
}

function factsOf(pace: Pace | undefined, lost: number, filtered: number): string[] {
  const facts = [`${formatCount(pace?.entriesPerSecond ?? 0)}/s`];
  if (pace?.delayMs !== undefined) facts.push(`${text.delay} ${formatDuration(pace.delayMs)}`);
  if (pace?.roundTripMs !== undefined) facts.push(`${text.trip} ${formatDuration(pace.roundTripMs)}`);
  facts.push(`${formatCount(lost)} ${text.lost}`);
  if (filtered > 0) facts.push(`${formatCount(filtered)} ${text.filtered}`);
  return facts;
}
