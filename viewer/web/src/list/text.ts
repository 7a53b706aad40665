/** What rows say that are no entries. */

import type { GapReason } from "../../consumer";
import type { GapRow } from "../../store/protocol";
import { formatCount } from "../format";
import { pick } from "../language";

const text = pick({
  en: {
    reasons: {
      overflow:
        "overflow: the program logged faster than the connection could carry, and its buffer was full",
      refused: "refused: the program's buffer was full",
      oversize: "too long for this browser",
      away: "the program no longer held them when the connection came back",
      unreadable: "they arrived and could not be read",
      unknown: "the program does not say why",
    } satisfies Record<GapReason, string>,
    gap: (count: string, isOne: boolean, name: string, reason: string) =>
      `— ${count} ${isOne ? "entry" : "entries"} missing of ${name}: ${reason} —`,
    live: "live from here",
  },
  zh: {
    reasons: {
      overflow: "溢出：程序记录的速度超过连接的传输速度，缓冲区已满",
      refused: "被拒绝：程序的缓冲区已满",
      oversize: "超过此浏览器可接收的长度",
      away: "连接恢复时程序已不再保留这些条目",
      unreadable: "已收到但无法读取",
      unknown: "程序未说明原因",
    } satisfies Record<GapReason, string>,
    gap: (count: string, _isOne: boolean, name: string, reason: string) =>
      `— ${name} 缺少 ${count} 条：${reason} —`,
    live: "以下为实时条目",
  },
});

/** `— 12 entries missing of shop: … —`. */
export function gapText({ missing, reason }: GapRow, name: string): string {
  return text.gap(formatCount(missing), missing === 1, name, text.reasons[reason] ?? text.reasons.unknown);
}

export const liveText = text.live;

/** Whether the program may still hold what is missing: it logged it, and only the connection or this page lost it. */
export function canBringBack({ reason }: GapRow): boolean {
  return reason === "overflow" || reason === "unreadable" || reason === "unknown" || reason === "away";
}
