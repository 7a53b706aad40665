/** The producers: a chip each while they are few, a count of them beyond, and a menu with what is known of each. */

import type { Producer } from "../../consumer";
import { formatCount, formatDuration } from "../format";
import { pick } from "../language";
import { type Model, type Pace, stepTo } from "../model";
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
    none: "尚无生产者",
  },
});

export function Producers({ model }: { model: Model }) {
  const producers = model.producers.value;
  const connected = producers.filter(({ state }) => state === "connected").length;
  const isCounted = producers.length > MAX_CHIPS;
  return (
    <span class="producers-bar">
      {!isCounted && (
        <ul class="producers" id="producers" aria-label={text.producers}>
          {producers.map((producer) => (
            <Chip key={producer.id} producer={producer} model={model} />
          ))}
        </ul>
      )}
      {producers.length > 0 && (
        <Menu
          label={text.details}
          className="producers-menu"
          button={
            isCounted ? (
              `${text.count(formatCount(producers.length), formatCount(connected))} ▾`
            ) : (
              <span aria-hidden="true">▾</span>
            )
          }
        >
          <ul class="producer-list">
            {byName(producers).map((producer) => (
              <Details key={producer.id} producer={producer} model={model} />
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

function Details({ producer, model }: { producer: Producer; model: Model }) {
  const { id, lost, filtered } = producer;
  const pace = model.paces.value.get(id);
  const state = stateOf(producer, pace);
  const { name, remark } = labelOf(producer, model.producers.value);
  const isMuted = model.view.value.muted.includes(id);
  const toggle = () => {
    const { muted } = model.view.value;
    stepTo(model, { muted: isMuted ? muted.filter((other) => other !== id) : [...muted, id] });
  };
  return (
    <li class={`producer-details ${producer.state} ${model.colourOf(id)}`}>
      <span class="dot" />
      <span class="name" title={safeText(id)}>
        <bdi>{safeText(name)}</bdi> <span class="remark">{safeText(remark)}</span>
      </span>
      <span class={`state ${state}`}>{text.states[state]}</span>
      <span class="facts">{factsOf(pace, lost, filtered).join(" · ")}</span>
      <label class="mute">
        <input type="checkbox" checked={isMuted} onChange={toggle} /> {text.mute}
      </label>
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
