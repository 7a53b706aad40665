/** Which levels a group of messages has. No DOM. */

import type { LevelCode, Pattern } from "../../store/protocol";

const CODES = [0, 1, 2, 3] as const;
/** WARN: from here on, a level that few of a group have is worth a word. */
const NOTABLE = 2;

/** The level that most of the group have; the worse one of two that are as frequent. */
export function commonLevel({ levels }: Pick<Pattern, "levels">): LevelCode {
  return CODES.reduce<LevelCode>(
    (best, code) => ((levels[code] ?? 0) >= (levels[best] ?? 0) ? code : best),
    0,
  );
}

/** The worst level, and how many have it, if it is a warning or an error that most do not have. */
export function worstLevel(
  pattern: Pick<Pattern, "levels">,
): { readonly level: LevelCode; readonly count: number } | undefined {
  const level = CODES.findLast((code) => (pattern.levels[code] ?? 0) > 0);
  return level === undefined || level < NOTABLE || level === commonLevel(pattern)
    ? undefined
    : { level, count: pattern.levels[level] ?? 0 };
}
