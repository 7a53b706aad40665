/** The strip on top: the server, the producers, how much comes from them, and the reader's switches. */

import { formatCount, formatDuration } from "../format";
import { pick } from "../language";
import type { Model, Pace } from "../model";
import { Producers } from "./producers";
import { SettingsMenu } from "./settings";
import "./strip.css";

const text = pick({
  en: {
    state: { connecting: "connecting", connected: "live", lost: "server lost", unauthorized: "no token" },
    filter: "filter",
    pause: "pause",
    follow: "follow",
    pauseKey: "space",
    lost: "lost",
    median: "Median time from the timestamp of an entry to its arrival; clocks of two machines differ",
    help: "Help: keys and queries",
  },
  zh: {
    state: { connecting: "连接中", connected: "实时", lost: "服务器已断开", unauthorized: "缺少令牌" },
    filter: "筛选",
    pause: "暂停",
    follow: "跟随",
    pauseKey: "空格",
    lost: "丢失",
    median: "条目时间戳到到达时间的中位数；两台机器的时钟可能不同",
    help: "帮助：按键和查询",
  },
});

export interface StripProps {
  readonly model: Model;
  onToggle(): void;
  onHelp(): void;
}

export function Strip({ model, onToggle, onHelp }: StripProps) {
  const state = model.signaling.value;
  const isFollowing = model.isFollowing.value;
  return (
    <header class="strip">
      <h1 class="brand">logrtc</h1>
      <span class={`signaling ${state}`} id="signaling" role="status" title={model.signalingUrl}>
        {text.state[state]}
      </span>
      <Producers model={model} />
      <PaceSum model={model} />
      <span class="switches">
        <button
          class="switch filter-switch"
          type="button"
          aria-expanded={model.isFilterOpen.value}
          aria-pressed={model.view.value.query !== ""}
          onClick={() => {
            model.isFilterOpen.value = !model.isFilterOpen.value;
          }}
        >
          {text.filter}
        </button>
        <button class="switch pause" type="button" aria-pressed={!isFollowing} onClick={onToggle}>
          <span class={`sign ${isFollowing ? "pause" : "play"}`} aria-hidden="true" />
          {isFollowing ? text.pause : text.follow}
          <kbd>{text.pauseKey}</kbd>
        </button>
        <SettingsMenu model={model} />
        <button class="switch" type="button" aria-label={text.help} title={text.help} onClick={onHelp}>
          ?
        </button>
      </span>
    </header>
  );
}

function PaceSum({ model }: { model: Model }) {
  const paces = [...model.paces.value.values()];
  const perSecond = paces.reduce((sum, pace) => sum + pace.entriesPerSecond, 0);
  const delayMs = slowest(paces);
  const { lost } = model.counts.value;
  return (
    <span class="pace">
      <span class="rate">{formatCount(perSecond)}/s</span>
      {delayMs !== undefined && <span title={text.median}>{formatDuration(delayMs)}</span>}
      <span class={lost > 0 ? "lost some" : "lost"}>
        {formatCount(lost)} {text.lost}
      </span>
    </span>
  );
}

function slowest(paces: readonly Pace[]): number | undefined {
  const delays = paces.flatMap(({ delayMs }) => (delayMs === undefined ? [] : [delayMs]));
  return delays.length === 0 ? undefined : Math.max(...delays);
}
