/** Timestamps to milliseconds since 1970: `viewer/wasm/src/time.rs` in JavaScript. */

import { isDigit } from "./json";

const MS_PER_DAY = 86_400_000;
const HEAD_BYTES = 19;
/** With all nine digits of a fraction, and an offset. */
export const MAX_TIMESTAMP_BYTES = 35;

const DASH = 0x2d;
const COLON = 0x3a;
const DOT = 0x2e;
const PLUS = 0x2b;
const UPPER_T = 0x54;
const UPPER_Z = 0x5a;
const SPACE = 0x20;

/**
 * Reads the full forms of ISO 8601 as `new Date()` does: `2024-01-01T12:00:00Z`, with a fraction of up to nine digits, cut to
 * milliseconds; with an offset as `+05:30` or `+0530` in place of `Z`; with a space in place of `T`. Returns `NaN` for
 * everything else.
 */
export function parseTime(bytes: Uint8Array, start: number, end: number): number {
  const zone = zoneStart(bytes, start, end);
  if (Number.isNaN(zone) || !isHead(bytes, start)) {
    return Number.NaN;
  }
  const year = pairOf(bytes, start) * 100 + pairOf(bytes, start + 2);
  const month = pairOf(bytes, start + 5);
  const day = pairOf(bytes, start + 8);
  const hour = pairOf(bytes, start + 11);
  const minute = pairOf(bytes, start + 14);
  const second = pairOf(bytes, start + 17);
  const fraction = fractionMs(bytes, start + HEAD_BYTES, zone);
  const isMidnight = hour === 24 && minute === 0 && second === 0 && isZero(bytes, start + HEAD_BYTES, zone);
  const isRight =
    day >= 1 && day <= daysOf(year, month) && (hour <= 23 || isMidnight) && minute <= 59 && second <= 59;
  const ofDay = ((hour * 60 + minute - offsetMinutes(bytes, zone, end)) * 60 + second) * 1_000 + fraction;
  return isRight ? daysSince1970(year, month, day) * MS_PER_DAY + ofDay : Number.NaN;
}

function isHead(bytes: Uint8Array, start: number): boolean {
  const between = bytes[start + 10];
  return (
    bytes[start + 4] === DASH &&
    bytes[start + 7] === DASH &&
    (between === UPPER_T || between === SPACE) &&
    bytes[start + 13] === COLON &&
    bytes[start + 16] === COLON
  );
}

/** Where the zone begins, behind a fraction of one to nine digits or none; `NaN` if it cannot. */
function zoneStart(bytes: Uint8Array, start: number, end: number): number {
  let at = start + HEAD_BYTES;
  if (at >= end || bytes[at] !== DOT) {
    return at < end ? at : Number.NaN;
  }
  at += 1;
  const first = at;
  while (at < end && isDigit(bytes[at] ?? 0)) {
    at += 1;
  }
  return at > first && at - first <= 9 ? at : Number.NaN;
}

/** Of the fraction between a point at `start`, if there is one, and `end`. */
function fractionMs(bytes: Uint8Array, start: number, end: number): number {
  let ms = 0;
  for (let digit = start + 1; digit <= start + 3; digit += 1) {
    ms = ms * 10 + (digit < end ? (bytes[digit] ?? 0) - 0x30 : 0);
  }
  return ms;
}

function isZero(bytes: Uint8Array, start: number, end: number): boolean {
  return bytes.subarray(start + 1, end).every((digit) => digit === 0x30);
}

/** `NaN` for what is no zone. */
function offsetMinutes(bytes: Uint8Array, start: number, end: number): number {
  const sign = bytes[start];
  const length = end - start;
  if (sign === UPPER_Z && length === 1) {
    return 0;
  }
  const hasColon = length === 6 && bytes[start + 3] === COLON;
  if ((sign !== PLUS && sign !== DASH) || !(hasColon || length === 5)) {
    return Number.NaN;
  }
  const hours = pairOf(bytes, start + 1);
  const minutes = pairOf(bytes, hasColon ? start + 4 : start + 3);
  if (!(hours <= 23 && minutes <= 59)) {
    return Number.NaN;
  }
  return (sign === PLUS ? 1 : -1) * (hours * 60 + minutes);
}

/** Two digits as a number; `NaN` if they are none. */
function pairOf(bytes: Uint8Array, at: number): number {
  const ten = bytes[at] ?? 0;
  const one = bytes[at + 1] ?? 0;
  return isDigit(ten) && isDigit(one) ? (ten - 0x30) * 10 + one - 0x30 : Number.NaN;
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function daysOf(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return isLeap && month === 2 ? 29 : (DAYS[month - 1] ?? 0);
}

/** By a calendar whose years begin in March, so that the leap day is the last of a year. */
function daysSince1970(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  return marchYear * 365 + leapDays + dayOfYear - 719_468;
}
