/** Trouble, said below the list, with what helps. */

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { pick } from "../language";
import type { Model } from "../model";
import { safeText } from "../text_safe";
import { type Trouble, troubleOf } from "./trouble";
import "./trouble.css";

const text = pick({
  en: {
    lost: (connected: number) =>
      connected > 0
        ? `The server is lost. Entries of connected programs (${connected}) still arrive; new programs do not appear. The page keeps trying.`
        : "The server is lost. What the page holds stays. The page keeps trying.",
    unreached: (url: string) => `The server at ${url} cannot be reached. The page keeps trying.`,
    foreign: (origin: string) =>
      `If the server runs, it may refuse pages of this origin: start it with --allow-origin ${origin}`,
    mixed: "A page that was loaded over https: reaches no server at ws:. Use wss:.",
    noPath: (names: string) =>
      `${names}: the server knows the program, but no path to it opens. A firewall may block UDP, or both sides need a TURN server.`,
    dismiss: "Dismiss",
  },
  zh: {
    lost: (connected: number) =>
      connected > 0
        ? `服务器已断开。${connected} 个已连接程序的条目仍会到达；新程序不会出现。页面会继续重试。`
        : "服务器已断开。页面保存的条目保持不变。页面会继续重试。",
    unreached: (url: string) => `无法连接服务器 ${url}。页面会继续重试。`,
    foreign: (origin: string) =>
      `如果服务器正在运行，它可能拒绝此来源的页面：请使用 --allow-origin ${origin} 启动`,
    mixed: "通过 https: 加载的页面无法连接 ws: 服务器。请使用 wss:。",
    noPath: (names: string) =>
      `${names}：服务器知道该程序，但无法建立通路。防火墙可能阻止了 UDP，或双方需要 TURN 服务器。`,
    dismiss: "关闭",
  },
});

const wasConnected = signal(false);
const connectingSince = new Map<string, number>();
/** Grows while something is connecting: time is no signal. */
const tick = signal(0);
const TICK_MS = 2_000;

export function TroubleBar({ model }: { model: Model }) {
  useEffect(() => {
    const timer = setInterval(() => {
      watch(model);
      tick.value += 1;
    }, TICK_MS);
    return () => clearInterval(timer);
  }, [model]);
  void tick.value;
  if (model.signaling.value === "connected") wasConnected.value = true;
  const trouble = troubleOf({
    signaling: model.signaling.value,
    wasConnected: wasConnected.value,
    producers: model.producers.value,
    connectingMs: (id) => Date.now() - (connectingSince.get(id) ?? Date.now()),
    pageUrl: location.href,
    signalingUrl: model.signalingUrl,
  });
  const words = model.trouble.value;
  return (
    <div role="status" class="troubles">
      {trouble !== undefined && (
        <p class={`trouble ${trouble.kind}`}>
          {sentences(trouble, model).map((sentence) => (
            <span key={sentence}>{sentence} </span>
          ))}
        </p>
      )}
      {words !== undefined && (
        <p class="trouble words">
          <bdi>{safeText(words).slice(0, 500)}</bdi>
          <button
            class="switch"
            type="button"
            aria-label={text.dismiss}
            onClick={() => {
              model.trouble.value = undefined;
            }}
          >
            ×
          </button>
        </p>
      )}
    </div>
  );
}

function sentences(trouble: Trouble, model: Model): string[] {
  switch (trouble.kind) {
    case "lost":
      return [text.lost(trouble.connected)];
    case "unreached":
      return [
        text.unreached(model.signalingUrl),
        trouble.isMixed ? text.mixed : text.foreign(location.origin),
      ];
    case "noPath":
      return [text.noPath(trouble.ids.map((id) => safeText(model.nameOf(id))).join(", "))];
  }
}

function watch({ producers }: Model): void {
  for (const { id, state } of producers.value) {
    if (state !== "connecting") {
      connectingSince.delete(id);
    } else if (!connectingSince.has(id)) {
      connectingSince.set(id, Date.now());
    }
  }
}
