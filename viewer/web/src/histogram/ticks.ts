/** Where the time axis has its labels. No DOM. */

import { formatDay } from "../list/time";
import type { Zone } from "../model";
import type { Range } from "./buckets";
import { timeLabel } from "./labels";

export interface Tick {
  /** Its place between 0 and 1 of the width. */
  readonly share: number;
  readonly label: string;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 7, 14, 30, 90, 365, 1_825].map((days) => days * DAY),
];
/** Room for a label with its distance to the next, and for one with a day. */
const LABEL_PX = 96;
const DAY_LABEL_PX = 150;

/**
 * Round times of the reader's clock, as many as have room beside what takes `takenPx` of the middle. A label says the day where
 * it is another than the one before.
 */
export function ticksOf({ fromMs, toMs }: Range, zone: Zone, widthPx: number, takenPx = 0): readonly Tick[] {
  const spanMs = toMs - fromMs;
  if (!(spanMs > 0) || widthPx <= 0) {
    return [];
  }
  const clock = zone === "utc" ? "utc" : "local";
  const stepMs = STEPS.find((step) => (step / spanMs) * widthPx >= LABEL_PX) ?? DAY * 3_650;
  const edge = LABEL_PX / 2 / widthPx;
  const ticks: Tick[] = [];
  // The clock of the last moment is the one that the other labels are compared with: today's needs no day.
  let day = formatDay(toMs, clock);
  let freeFrom = edge;
  for (let ms = firstAt(fromMs, stepMs, clock); ms < toMs; ms += stepMs) {
    const share = (ms - fromMs) / spanMs;
    const ownDay = formatDay(ms, clock);
    const hasDay = ownDay !== day;
    const half = (hasDay ? DAY_LABEL_PX : LABEL_PX) / 2 / widthPx;
    const isTaken = takenPx > 0 && Math.abs(share - 0.5) < half + takenPx / 2 / widthPx;
    if (isTaken || share - half + edge < freeFrom || share + half > 1) {
      continue;
    }
    const time = timeLabel(ms, clock, stepMs);
    ticks.push({ share, label: stepMs >= DAY ? ownDay : hasDay ? `${ownDay} ${time}` : time });
    day = ownDay;
    freeFrom = share + half;
  }
  return ticks;
}

/** The first time that is a multiple of the step by the clock of the reader. */
function firstAt(fromMs: number, stepMs: number, clock: "utc" | "local"): number {
  const offsetMs = clock === "utc" ? 0 : new Date(fromMs).getTimezoneOffset() * MINUTE;
  return Math.ceil((fromMs - offsetMs) / stepMs) * stepMs + offsetMs;
}
