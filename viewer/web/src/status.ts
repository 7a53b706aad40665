/** The strip on top: the server, the producers, and how much came from them. */

import type { Producer, SignalingState } from "../consumer";
import { element } from "./element";
import { formatCount } from "./format";
import type { Palette } from "./palette";
import type { Rate } from "./rate";
import type { Store } from "./store";

const SIGNALING_TEXT: Record<SignalingState, string> = {
  connecting: "connecting",
  connected: "live",
  lost: "server lost",
};

/** What a state is called where it is not the good one. */
const PRODUCER_TEXT: Record<Producer["state"], string> = {
  connecting: "connecting",
  connected: "",
  ended: "ended",
  lost: "lost",
};

export interface StatusElements {
  readonly signaling: HTMLElement;
  readonly producers: HTMLElement;
  readonly counts: HTMLElement;
}

export class Status {
  readonly #elements: StatusElements;
  readonly #palette: Palette;

  constructor(elements: StatusElements, palette: Palette) {
    this.#elements = elements;
    this.#palette = palette;
  }

  showSignaling(state: SignalingState, error: string): void {
    const { signaling } = this.#elements;
    signaling.className = `signaling ${state}`;
    signaling.textContent = SIGNALING_TEXT[state];
    signaling.title = error;
  }

  showProducers(producers: readonly Producer[]): void {
    this.#elements.producers.replaceChildren(...producers.map((producer) => this.#makeChip(producer)));
  }

  showCounts(store: Store, rate: Rate, malformed: number): void {
    const parts = [`${formatCount(store.received)} entries`, `${formatCount(rate.perSecond)}/s`];
    if (store.first > 0) {
      parts.splice(1, 0, `newest ${formatCount(store.length)} held`);
    }
    if (store.lost > 0) {
      parts.push(`${formatCount(store.lost)} lost`);
    }
    if (malformed > 0) {
      parts.push(`${formatCount(malformed)} malformed`);
    }
    this.#elements.counts.textContent = parts.join(" · ");
  }

  #makeChip(producer: Producer): HTMLElement {
    const chip = element("li", `chip ${producer.state} ${this.#palette.classOf(producer.id)}`);
    chip.append(element("span", "dot"), element("span", "name", producer.systemName));
    const named = producer.id.startsWith(producer.systemName) ? producer.systemName : producer.clientId;
    const number = producer.id.slice(named.length);
    const remarks = [producer.systemName === producer.id ? "" : number, PRODUCER_TEXT[producer.state]];
    for (const remark of remarks.filter((text) => text !== "")) {
      chip.append(element("span", "remark", remark));
    }
    chip.title = tooltip(producer);
    return chip;
  }
}

function tooltip({ id, state, metadata }: Producer): string {
  const about = [metadata.version, metadata.description].filter(
    (text) => typeof text === "string" && text !== "",
  );
  return [`${id}: ${state}`, ...about].join("\n");
}
