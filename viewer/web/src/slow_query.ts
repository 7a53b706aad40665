/**
 * Says that the store has stopped because of the query. A regular expression can take for ever on some texts, and a worker in
 * the middle of one hears nothing: the page says so, and begins without that query when it is loaded again.
 */

import type { View } from "../store/protocol";
import { pick } from "./language";
import type { Model } from "./model";

const text = pick({
  en: {
    stuck: (query: string) =>
      `The page is still looking for “${query}”, and answers nothing meanwhile. A regular expression with a repetition within a repetition can take for ever: reload the page, and it begins without this query.`,
    left: (query: string) => `The page began without the query “${query}”, which had stopped it.`,
  },
  zh: {
    stuck: (query: string) =>
      `页面仍在查找“${query}”，期间无法响应。嵌套重复的正则表达式可能永远无法完成：重新加载页面后将不再使用此查询。`,
    left: (query: string) => `页面启动时去掉了曾使其停止响应的查询“${query}”。`,
  },
});

const KEY = "logrtc.slow-query";
const CHECK_INTERVAL_MS = 1_000;
/** Nothing else that the store does takes so long. */
const STUCK_MS = 5_000;

/** The view that a page begins with, and what is to be said of it: a query that has stopped the page before is left out. */
export function withoutSlowQuery(view: View): { readonly view: View; readonly words: string | undefined } {
  const slow = take();
  return slow !== undefined && slow !== "" && slow === view.query
    ? { view: { ...view, query: "" }, words: text.left(slow) }
    : { view, words: undefined };
}

/** Watches until the returned function is called. */
export function watchForSlowQuery({ store, view, trouble }: Model): () => void {
  let said: string | undefined;
  const timer = setInterval(() => {
    const { query } = view.value;
    const isStuck = query !== "" && store.silentMs() > STUCK_MS;
    if (isStuck && said === undefined) {
      said = text.stuck(query);
      trouble.value = said;
      keep(query);
    } else if (!isStuck && said !== undefined) {
      if (trouble.value === said) trouble.value = undefined;
      said = undefined;
      take();
    }
  }, CHECK_INTERVAL_MS);
  return () => clearInterval(timer);
}

function keep(query: string): void {
  try {
    sessionStorage.setItem(KEY, query);
  } catch {
    // A browser that keeps nothing: the next page has the same query.
  }
}

function take(): string | undefined {
  try {
    const query = sessionStorage.getItem(KEY) ?? undefined;
    sessionStorage.removeItem(KEY);
    return query;
  } catch {
    return undefined;
  }
}
