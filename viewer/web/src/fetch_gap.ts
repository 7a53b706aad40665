/** Asks a program for entries that are missing here. */

import type { GapRow } from "../store/protocol";
import { fetchIntoStore } from "./fetch";
import { pick } from "./language";
import type { Model } from "./model";

const text = pick({
  en: {
    gone: (name: string) => `${name} no longer holds the entries that are missing here.`,
    away: (name: string) => `${name} is not connected: what is missing cannot be brought back.`,
    ended: (name: string) =>
      `${name} has been started again: what its former run logged cannot be brought back.`,
  },
  zh: {
    gone: (name: string) => `${name} 不再保留此处缺少的条目。`,
    away: (name: string) => `${name} 未连接：无法取回缺少的条目。`,
    ended: (name: string) => `${name} 已重新启动：无法取回上一次运行所记录的条目。`,
  },
});

/** The store takes what comes, and puts it in its place. Says so if nothing does. */
export async function bringBack(model: Model, { producer, session, first, last }: GapRow): Promise<void> {
  const name = model.nameOf(producer);
  const known = model.producers.value.find(({ id }) => id === producer);
  if (known?.state !== "connected" || known.session === undefined) {
    model.trouble.value = text.away(name);
    return;
  }
  if (known.session !== session) {
    model.trouble.value = text.ended(name);
    return;
  }
  try {
    if ((await fetchIntoStore(model, producer, { first, last })) === 0) {
      model.trouble.value = text.gone(name);
    }
  } catch (error) {
    model.trouble.value = error instanceof Error ? error.message : String(error);
  }
}
