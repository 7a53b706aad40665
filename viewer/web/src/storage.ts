/** What the browser keeps for the page, if it does: one that keeps nothing refuses to be asked. */

import type { Settings, Zone } from "./model";
import { boundShare } from "./panel/width";

const KEY = "logrtc.settings";
const MIB = 1024 * 1024;
/** Less is not worth holding: a page of big entries. */
const MIN_BYTES = 4 * MIB;
/** By default at least, however small the device is. */
const MIN_DEFAULT_BYTES = 16 * MIB;
export const MAX_BYTES = 1_024 * MIB;
/** By default, where the browser does not say what the device has. */
const DEFAULT_BYTES = 256 * MIB;

/** A quarter of the device's memory, where that is known. */
export function defaultMaxBytes(deviceMemoryGib: number | undefined): number {
  return deviceMemoryGib === undefined
    ? DEFAULT_BYTES
    : Math.min(MAX_BYTES, Math.max(MIN_DEFAULT_BYTES, (deviceMemoryGib * 1_024 * MIB) / 4));
}

/** What `text` holds, as far as it is right. */
export function readSettings(text: string | null, defaultBytes: number): Settings {
  let value: unknown;
  try {
    value = JSON.parse(text ?? "{}");
  } catch {
    value = {};
  }
  const { zone, maxBytes, panelShare }: { zone?: unknown; maxBytes?: unknown; panelShare?: unknown } =
    typeof value === "object" && value !== null ? value : {};
  return {
    zone: isZone(zone) ? zone : "local",
    maxBytes:
      typeof maxBytes === "number" && maxBytes >= MIN_BYTES && maxBytes <= MAX_BYTES
        ? maxBytes
        : defaultBytes,
    panelShare: typeof panelShare === "number" ? boundShare(panelShare) : undefined,
  };
}

export function loadSettings(): Settings {
  const { deviceMemory } = navigator as { deviceMemory?: number };
  return readSettings(get(KEY), defaultMaxBytes(deviceMemory));
}

export function keepSettings(settings: Settings): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(settings));
  } catch {
    // The next page begins with the defaults.
  }
}

function get(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function isZone(value: unknown): value is Zone {
  return value === "local" || value === "utc" || value === "relative";
}
