/** Trouble, said below the list, with what helps. */

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { PathFailure, ProofFailure } from "../../consumer";
import { pick } from "../language";
import type { Model } from "../model";
import { safeText } from "../text_safe";
import { type Trouble, troubleOf, type Unproved } from "./trouble";
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
    noPath: (names: string) => `${names}: the server knows the program, but no path to it opens.`,
    offered: (own: string, theirs: string) =>
      `This browser offered ${own}, the program ${theirs}, and no pair of these connects: a firewall may block UDP, or both sides need a TURN server.`,
    noneOfTheirs: "The program offered no address.",
    noneOfOwn: "This browser offered no address: an extension or a policy may forbid WebRTC.",
    serverError: (url: string, code: number, text: string) => `${`${url} answered ${code} ${text}`.trim()}.`,
    unreachedServer: (url: string) => `${url} cannot be reached.`,
    kinds: {
      host: "its own addresses",
      srflx: "the address that a STUN server sees",
      prflx: "an address that was found on the way",
      relay: "a TURN server",
    },
    and: " and ",
    proofRefused:
      "Or the program has refused the proof of this page's secret: the server may have changed the certificate on the way.",
    unproved: {
      producerHasNoSecret: (names: string) =>
        `${names}: this page has a secret and the program has none, so nothing of it is shown. Start it with the secret in LOGRTC_SECRET.`,
      secretWanted: (names: string) =>
        `${names}: the program has a secret, and sends nothing without it. Open the link that ends in secret=….`,
      wrongSecret: (names: string) =>
        `${names}: the program has another secret than this page. Open the link with its secret.`,
      certificateChanged: (names: string) =>
        `${names}: the certificate is not the program's. The server, or whoever controls it, may stand between this page and the program, so nothing is shown.`,
    },
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
    noPath: (names: string) => `${names}：服务器知道该程序，但无法建立通路。`,
    offered: (own: string, theirs: string) =>
      `此浏览器提供了${own}，程序提供了${theirs}，但没有任何一对能够连接：防火墙可能阻止了 UDP，或双方需要 TURN 服务器。`,
    noneOfTheirs: "程序没有提供任何地址。",
    noneOfOwn: "此浏览器没有提供任何地址：扩展程序或策略可能禁止了 WebRTC。",
    serverError: (url: string, code: number, text: string) => `${`${url} 返回 ${code} ${text}`.trim()}。`,
    unreachedServer: (url: string) => `无法连接 ${url}。`,
    kinds: {
      host: "自身地址",
      srflx: "STUN 服务器看到的地址",
      prflx: "途中发现的地址",
      relay: "TURN 服务器",
    },
    and: "和",
    proofRefused: "或者程序拒绝了此页面的密钥证明：服务器可能在途中更换了证书。",
    unproved: {
      producerHasNoSecret: (names: string) =>
        `${names}：此页面有密钥而该程序没有，因此不显示其任何内容。请在 LOGRTC_SECRET 中设置密钥后启动该程序。`,
      secretWanted: (names: string) =>
        `${names}：该程序有密钥，没有密钥就不发送任何内容。请打开以 secret=… 结尾的链接。`,
      wrongSecret: (names: string) => `${names}：该程序的密钥与此页面的不同。请打开带有其密钥的链接。`,
      certificateChanged: (names: string) =>
        `${names}：证书不是该程序的。服务器或其控制者可能位于此页面与程序之间，因此不显示任何内容。`,
    },
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
    hasSecret: model.consumer.hasSecret,
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
    case "unproved":
      return unproved(trouble.producers, model);
    case "noPath":
      return [
        text.noPath(namesOf(trouble.ids, model)),
        ...(trouble.failure === undefined ? [] : reasons(trouble.failure)),
        ...(trouble.hasSecret ? [text.proofRefused] : []),
      ];
  }
}

function namesOf(ids: readonly string[], model: Model): string {
  return ids.map((id) => safeText(model.nameOf(id))).join(", ");
}

/** A sentence for each kind of failure. */
function unproved(producers: readonly Unproved[], model: Model): string[] {
  const ids = new Map<ProofFailure, string[]>();
  for (const { id, failure } of producers) {
    ids.set(failure, [...(ids.get(failure) ?? []), id]);
  }
  return [...ids].map(([failure, of]) => text.unproved[failure](namesOf(of, model)));
}

/** Of the protocol: the server cannot be reached. */
const UNREACHED = 701;

function reasons({ own, theirs, serverErrors }: PathFailure): string[] {
  const said = serverErrors.map((error) => {
    const [url, words] = [safeText(error.url), safeText(error.text)];
    return error.code === UNREACHED ? text.unreachedServer(url) : text.serverError(url, error.code, words);
  });
  const offered =
    theirs.length === 0
      ? text.noneOfTheirs
      : own.length === 0
        ? text.noneOfOwn
        : text.offered(kindsText(own), kindsText(theirs));
  return [...said, offered];
}

function kindsText(kinds: readonly string[]): string {
  const names: Readonly<Record<string, string>> = text.kinds;
  return kinds.map((kind) => names[kind] ?? kind).join(text.and);
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
